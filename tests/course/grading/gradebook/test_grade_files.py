"""Grades go into single cells of the teacher's own file; every other byte stays."""

import pytest

from aimc_course.grading.gradebook.classlist import ClassList, Student
from aimc_course.grading.gradebook.grade_files import GradeFile

PEOPLE = ClassList(
    [
        Student("ada", "Ada Lovelace", aliases=("s-17",)),
        Student("max", "Max Born"),
        Student("emmy", "Emmy Noether"),
    ]
)
CANVAS = (
    "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Lab 1 (77),Lab 10 (78),Current Score\r\n"
    ",,,,,Manual Posting,,\r\n"
    "    Points Possible,,,,,20.00,10,(read only)\r\n"
    '"Lovelace, Ada",901,s-17,ada@x,"A ""B""",,7,70\r\n'
    '"Born, Max",902,,max@x,A,"3",,\r\n=evil(),903,,x@x,A,1,,\r\n"Student, Test",904,,,,,,'
)
MOODLE = (
    "Identifier;Full name;Email;Grade;Maximum Grade;Last modified;Feedback comments\n"
    'Participant 31;Ada Lovelace;ada@x;;50,00;-;"a\nb;c"\n'
    "Participant 32;Max Born;max@x;12,50;50,00;-;\n"
)


def filled(text, column, grades):
    book = GradeFile(text.encode(), "file.csv")
    return book.fill(book.column(column), PEOPLE, grades)


def test_canvas_gets_numbers_in_one_column_and_nothing_else():
    found = filled(CANVAS, "Lab 1", {"ada": (18.5, 20), "max": (3, 20), "emmy": (2, 20)})
    expected = CANVAS.replace('"A ""B""",,7', '"A ""B""",18.5,7')
    assert found.data == expected.encode()
    assert found.written == 2
    assert found.column == "Lab 1 (77)"
    assert found.notes == ()
    assert found.absent == ("emmy",)


def test_points_are_scaled_to_those_of_the_file():
    found = filled(CANVAS, "Lab 1", {"ada": (18, 36)})
    assert b'""",10,7,70' in found.data
    assert found.notes == ("36 points of the lab are 20 there: scaled",)


def test_grade_that_stood_there_is_named():
    found = filled(CANVAS, "Lab 1", {"max": (4, 20)})
    assert b'A,"4",,' in found.data
    assert "1 grades that stood there were replaced" in found.notes[0]


def test_moodle_in_the_language_of_the_site_keeps_its_comma():
    found = filled(MOODLE, "Grade", {"ada": (7.25, 10), "max": (5, 10)})
    expected = MOODLE.replace("ada@x;;", "ada@x;36,25;").replace("12,50", "25")
    assert found.data == expected.encode()
    assert "replaced" in found.notes[-1]


def test_bytes_that_are_no_utf8_survive():
    data = MOODLE.encode().replace(b"Max Born", b"M\xfcller")
    book = GradeFile(data)
    found = book.fill(3, PEOPLE, {"ada": (1, 50)})
    assert found.data == data.replace(b"ada@x;;", b"ada@x;1;")


# Language: participant, and the columns identifier, name, mail, status, grade, most, changeable.
LANGUAGES = {
    "English": ("Participant ", "Identifier,Full name,Email address,Status,Grade,Maximum Grade"),
    "German": (
        "Teilnehmer/in",
        "ID,Vollständiger Name,E-Mail-Adresse,Status,Bewertung,Bestwertung",
    ),
    "French": (
        "Participant",
        "Identifiant,Nom complet,Adresse de courriel,Statut,Note,Note maximale",
    ),
    "Spanish": (
        "Participante ",
        "Identificador,Nombre,Dirección de correo,Estatus,Calificación,Calificación máxima",
    ),
    "Italian": (
        "Partecipante ",
        "Identificatore,Nome completo,Indirizzo email,Stato,Valutazione,Punteggio massimo",
    ),
    "Portuguese": (
        "Participante",
        "Identificador,Nome completo,Endereço de e-mail,Estado,Nota,Nota máxima",
    ),
    "Dutch": ("Deelnemer ", "ID,Volledige naam,E-mailadres,Status,Cijfer,Maximumcijfer"),
    "Polish": (
        "Uczestnik ",
        "Identyfikator,Imię i nazwisko,Adres e-mail,Status,Ocena,Maksymalna ocena",
    ),
    "Japanese": ("参加者", "ID,フルネーム,メールアドレス,ステータス,評点,最大評点"),
    "Turkish": ("Katılımcı ", "Tanımlayıcı,Tam adı,E-posta adresi,Durum,Not,En yüksek not"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_worksheet_in_the_language_of_the_site_is_known_by_its_values(language):
    participant, columns = LANGUAGES[language]
    text = (
        f'{columns},x\n{participant}5000540,Ada Lovelace,ada@x,ok,,"20,00",y\n'
        f'{participant}5000541,Max Born,max@x,ok,"3,50","20,00",y\n'
    )
    book = GradeFile(text.encode())
    assert book.platform == "moodle"
    column = book.column(book.usual_column("lab-1"))
    assert book.header[column] == columns.split(",")[4]
    found = book.fill(column, PEOPLE, {"ada": (7.5, 20), "max": (3.5, 20)})
    assert found.data == text.replace(",ok,,", ',ok,"7,5",').replace("3,50", "3,5").encode()


@pytest.mark.parametrize(
    "columns",
    [
        "Student,ID,SIS User ID,SIS Login ID,Section",
        "Schüler/in,ID,SIS-Benutzer-ID,SIS-Login-ID,Abschnitt",
        "Étudiant,Identifiant,ID SIS,Identifiant de connexion SIS,Section",
        "Estudiante,Identificador,ID de usuario SIS,ID de inicio de sesión SIS,Sección",
        "学生,番号,SISユーザーID,SISログインID,セクション",
    ],
)
def test_a_grade_file_of_canvas_is_known_in_any_language(columns):
    body = CANVAS.split("\r\n", 1)[1].replace("Points Possible", "Punkte")
    text = f"{columns},Lab 1 (77),Lab 10 (78),x\r\n{body}"
    book = GradeFile(text.encode())
    assert book.platform == "canvas"
    found = book.fill(book.column(book.usual_column("lab-1")), PEOPLE, {"ada": (18, 36)})
    assert b'""",10,7,70' in found.data
    assert found.notes == ("36 points of the lab are 20 there: scaled",)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_nothing_written_is_the_same_file(ending, last):
    text = MOODLE.replace("\n", ending) + ("" if last else f"Participant 33{ending}")
    assert filled(text, "Grade", {}).data == text.encode()


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        (CANVAS, "Lab 2", "no column called 'Lab 2'; say with --column"),
        (CANVAS, "Lab", "2 columns called 'Lab'"),
        (CANVAS, "Current Score", "is no assignment that Canvas knows"),
        (CANVAS, "Section", "is no assignment that Canvas knows"),
        (MOODLE, "Bewertung", "no column called 'Bewertung'"),
        (MOODLE, "Identifier", "takes no grades"),
    ],
)
def test_no_column_is_ever_made(text, column, said):
    with pytest.raises(ValueError, match=said):
        filled(text, column, {})


def test_numbers_of_the_platform_become_names_of_the_class():
    canvas = GradeFile(CANVAS.encode())
    people = canvas.enrich(PEOPLE, canvas.column("Lab 1"))
    assert people.by_number("901").id == "ada"
    assert people.by_number("902").id == "max"
    moodle = GradeFile(MOODLE.encode())
    assert moodle.enrich(PEOPLE, 3).by_number("31").id == "ada"


def test_row_that_could_be_two_students_is_left():
    text = MOODLE.replace("ada@x", "max")
    found = filled(text, "Grade", {"ada": (1, 50), "max": (2, 50)})
    assert b"Ada Lovelace;max;;" in found.data
    assert b"max@x;2;" in found.data
    assert "Participant 31: could be max or ada: left" in found.notes


def test_numbers_that_a_spreadsheet_has_shortened_are_refused():
    spoilt = CANVAS.replace(",902,", ",1.07E+16,")
    with pytest.raises(ValueError, match=r"such as '1\.07E\+16', and Canvas knows nobody by them"):
        GradeFile(spoilt.encode(), "file.csv")


@pytest.mark.parametrize("data", [b"a,b\n1,2\n", b"I\x00D\x00", b""])
def test_other_files_are_refused(data):
    with pytest.raises(ValueError, match=r"no grade file|not a CSV"):
        GradeFile(data)
