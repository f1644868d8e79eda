"""People and trees, drawn the same way wherever they stand."""

from moothall.operating.example.artwork import palette as p
from moothall.operating.example.artwork.brush import Sheet


def person(
    sheet: Sheet,
    x: float,
    foot: float,
    size: float,
    coat: str,
    legs: str,
    skin: str,
    hair: str,
    *,
    has_bag: bool = False,
    has_cap: bool = False,
    is_reaching: bool = False,
) -> None:
    """Somebody standing at ``x`` with their feet at ``foot``; at size 1 they are 180 points tall."""

    def at(dx: float, dy: float) -> tuple[float, float]:
        return x + dx * size, foot + dy * size

    sheet.oval(x, foot, 36 * size, 7 * size, p.INK, see_through=0.75)
    for side in (-1, 1):
        sheet.line([at(12 * side, -72), at(14 * side, -8)], legs, 18 * size)
        sheet.line([at(14 * side, -5), at(20 * side, -4)], p.INK, 13 * size)
    if has_bag:
        sheet.box(*at(-40, -136), 26 * size, 56 * size, p.EARTH, round_by=8 * size)
    sheet.box(*at(-30, -140), 60 * size, 78 * size, coat, round_by=20 * size)
    hand = at(56, -186) if is_reaching else at(38, -80)
    elbow = at(44, -136) if is_reaching else at(40, -106)
    sheet.line([at(26, -124), elbow, hand], coat, 16 * size)
    sheet.disc(*hand, 9 * size, skin)
    sheet.line([at(-26, -124), at(-40, -104), at(-38, -82)], coat, 16 * size)
    sheet.disc(*at(-38, -78), 9 * size, skin)
    sheet.box(*at(-8, -152), 16 * size, 18 * size, skin)
    sheet.disc(*at(0, -166), 23 * size, skin)
    sheet.slice(*at(0, -169), 26 * size, 175, 365, hair)
    if has_cap:
        sheet.box(*at(-27, -186), 54 * size, 16 * size, p.INK, round_by=6 * size)
        sheet.box(*at(-34, -174), 68 * size, 7 * size, p.INK, round_by=3 * size)
        sheet.box(*at(-30, -108), 60 * size, 9 * size, p.PAPER)
    for side in (-1, 1):
        sheet.disc(*at(8 * side, -163), 2.6 * size, p.INK)


def tree(sheet: Sheet, x: float, foot: float, height: float, leaves: str, bark: str) -> None:
    """A broad tree with its foot at ``x, foot``."""
    fork, half = foot - height * 0.5, height * 0.03
    sheet.shape([(x - half * 1.6, foot), (x - half, fork), (x + half, fork), (x + half * 1.6, foot)], bark)
    light = p.mix(leaves, p.MIST, 0.14)
    for dx, dy, radius, colour in (
        (-0.2, 0.5, 0.2, leaves),
        (0.2, 0.52, 0.2, leaves),
        (0.0, 0.66, 0.27, leaves),
        (-0.12, 0.74, 0.17, light),
        (0.1, 0.86, 0.15, leaves),
        (0.14, 0.62, 0.13, light),
    ):
        sheet.disc(x + dx * height, foot - dy * height, radius * height, colour)
