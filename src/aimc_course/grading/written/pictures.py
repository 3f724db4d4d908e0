"""Pictures of strangers, drawn anew: what leaves here is a PNG that this program wrote."""

from __future__ import annotations

import io
import warnings

__all__ = ["PictureError", "redrawn"]

LARGEST = 6 * 2**20  # bytes of a picture that is read
MOST_PIXELS = 12_000_000  # of a picture that is read
WIDEST = 2000  # pixels of a side that is shown
FORMATS = ("PNG", "JPEG")


class PictureError(ValueError):
    """A picture is not shown; the message says why."""


def redrawn(data: bytes, widest: int = WIDEST) -> bytes:
    """Return a picture as a PNG of its pixels alone.

    Parameters
    ----------
    data : bytes
        What claims to be a PNG or JPEG file.
    widest : int
        Pixels of its longer side at most; a larger one is made smaller.

    Raises
    ------
    PictureError
        If it is none, or too large. Its size is looked at before anything is unpacked.
    """
    try:
        from PIL import Image
    except ImportError:
        raise PictureError("a picture, which needs pillow to be shown") from None
    if len(data) > LARGEST:
        raise PictureError(f"a picture of {len(data) >> 20} MiB is too large")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
                width, height = picture.size
                if width * height > MOST_PIXELS:
                    raise PictureError(f"a picture of {width} × {height} pixels is too large")
                picture.draft("RGB", (widest, widest))
                shown = picture.convert("RGBA" if "A" in picture.getbands() else "RGB")
        shown.thumbnail((widest, widest))
        # A new picture of the pixels: no text chunk, profile or animation comes along.
        clean = Image.frombytes(shown.mode, shown.size, shown.tobytes())
        out = io.BytesIO()
        clean.save(out, "PNG", compress_level=1)
    except PictureError:
        raise
    # Whatever a broken or hostile file does to the decoder ends here.
    except Exception as error:
        raise PictureError(f"a picture that cannot be read ({type(error).__name__})") from None
    return out.getvalue()
