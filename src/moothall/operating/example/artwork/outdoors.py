"""Pictures of the county out of doors."""

from moothall.operating.example.artwork import palette as p
from moothall.operating.example.artwork.brush import Sheet, between
from moothall.operating.example.artwork.figures import person, tree


def canal() -> Sheet:
    """A canal at dusk with a narrowboat whose windows are lit."""
    sheet = Sheet(1200, 800)
    sheet.bands(0, 240, between(p.DUSK, p.LILAC, 6))
    sheet.bands(240, 430, between(p.LILAC, p.HONEY, 6)[1:])
    sheet.disc(820, 400, 70, p.CREAM)
    sheet.land(400, 26, 1.5, 0.1, p.mix(p.LEAF, p.DUSK, 0.4))
    sheet.land(432, 12, 2.2, 0.6, p.GREEN)
    sheet.bands(452, 800, between(p.mix(p.LILAC, p.DUSK, 0.5), p.NIGHT, 9))
    for number, width in enumerate((230, 180, 210, 140, 90)):
        sheet.box(820 - width / 2, 486 + number * 34, width, 9, p.CREAM, round_by=4, see_through=0.35)
    _narrowboat(sheet)
    sheet.shape([(0, 640), (330, 700), (560, 800), (0, 800)], p.FOREST)
    sheet.shape([(0, 668), (250, 722), (400, 800), (0, 800)], p.STONE)
    for x, y in ((60, 610), (190, 625), (330, 665)):
        sheet.curve([(x, y + 60), (x + 8, y + 20), (x - 4, y - 40)], p.FOREST, 6)
        sheet.oval(x - 4, y - 52, 6, 20, p.EARTH)
    tree(sheet, 130, 660, 300, p.FOREST, p.EARTH)
    return sheet


def _narrowboat(sheet: Sheet) -> None:
    sheet.oval(690, 618, 330, 20, p.NIGHT, see_through=0.4)
    sheet.shape([(350, 548), (1035, 548), (1000, 612), (405, 612), (372, 590)], p.FOREST)
    sheet.box(352, 542, 684, 12, p.RED, round_by=5)
    sheet.shape([(455, 480), (905, 480), (925, 545), (440, 545)], p.RED)
    sheet.box(446, 472, 468, 14, p.EARTH, round_by=6)
    for x in range(490, 880, 92):
        sheet.box(x, 494, 58, 34, p.CREAM, round_by=8)
        sheet.box(x + 27, 494, 4, 34, p.EARTH)
        sheet.box(x + 4, 636, 50, 7, p.HONEY, round_by=3, see_through=0.25)
    sheet.box(842, 430, 16, 46, p.INK, round_by=4)
    for number, (x, y, radius) in enumerate(((856, 404, 15), (876, 372, 20), (906, 336, 26))):
        sheet.disc(x, y, radius, p.PAPER, see_through=0.35 + 0.15 * number)
    for x, colour in ((540, p.HONEY), (600, p.ROSE), (660, p.HONEY)):
        sheet.box(x - 18, 458, 36, 15, p.EARTH, round_by=3)
        for shift in (-12, 0, 12):
            sheet.disc(x + shift, 452 - abs(shift) / 3, 8, colour)
    person(sheet, 965, 552, 0.62, p.BLUE, p.INK, p.WARM_SKIN, p.EARTH)


def crossing() -> Sheet:
    """A school crossing patrol with her lollipop, and two children crossing."""
    sheet = Sheet(1200, 800, p.SKY)
    sheet.disc(1010, 130, 64, p.CREAM)
    for x, y, size in ((230, 130, 1.0), (640, 90, 0.7)):
        _cloud(sheet, x, y, size)
    sheet.land(470, 10, 1.1, 0.2, p.SAGE)
    for x, width, height, wall, roof in (
        (40, 210, 190, p.SAND, p.RED),
        (270, 180, 160, p.CREAM, p.EARTH),
        (900, 250, 200, p.BLUSH, p.GREEN),
    ):
        _terrace(sheet, x, 520 - height, width, height, wall, roof)
    tree(sheet, 560, 520, 210, p.LEAF, p.EARTH)
    tree(sheet, 800, 520, 170, p.GREEN, p.EARTH)
    sheet.box(0, 520, 1200, 40, p.LINE)
    sheet.box(0, 556, 1200, 8, p.STONE)
    sheet.box(0, 564, 1200, 236, p.SHADOW)
    for number in range(9):
        left = 170 + number * 104
        sheet.shape([(left, 572), (left + 56, 572), (left + 38, 792), (left - 30, 792)], p.PAPER)
    person(sheet, 680, 690, 1.05, p.RED, p.BLUE, p.BROWN_SKIN, p.INK, has_bag=True)
    person(sheet, 800, 700, 0.92, p.GREEN, p.INK, p.PALE_SKIN, p.HONEY, has_bag=True)
    person(sheet, 455, 740, 1.75, p.HONEY, p.INK, p.WARM_SKIN, p.QUIET, has_cap=True)
    sheet.line([(386, 772), (386, 250)], p.INK, 10)
    sheet.disc(386, 200, 84, p.INK)
    sheet.disc(386, 200, 78, p.HONEY)
    sheet.words(386, 178, "STOP", 40, p.INK)
    sheet.box(324, 202, 124, 8, p.INK)
    sheet.words(386, 228, "CHILDREN", 22, p.INK)
    return sheet


def _cloud(sheet: Sheet, x: float, y: float, size: float) -> None:
    for dx, dy, radius in ((-60, 12, 34), (-15, -8, 48), (40, 4, 40), (80, 18, 26)):
        sheet.disc(x + dx * size, y + dy * size, radius * size, p.WHITE)
    sheet.box(x - 92 * size, y + 12 * size, 196 * size, 34 * size, p.WHITE, round_by=17 * size)


def _terrace(sheet: Sheet, x: float, y: float, width: float, height: float, wall: str, roof: str) -> None:
    """A house with a door and lit or curtained windows."""
    sheet.box(x + width * 0.7, y - 74, 30, 60, p.EARTH)
    sheet.shape([(x - 14, y), (x + width / 2, y - 84), (x + width + 14, y)], roof)
    sheet.box(x, y, width, height, wall)
    for share in (0.16, 0.62):
        sheet.box(x + width * share, y + 24, 44, 52, p.WHITE, round_by=4)
        sheet.box(x + width * share + 5, y + 29, 34, 42, p.DUSK, round_by=2)
    sheet.box(x + width * 0.4, y + height - 84, 44, 84, p.FOREST, round_by=6)
    sheet.disc(x + width * 0.4 + 35, y + height - 40, 4, p.HONEY)


def mural() -> Sheet:
    """The side wall of a youth centre: a bright mural of a kingfisher and rolling hills, and two painters at work."""
    sheet = Sheet(1200, 800, p.SKY)
    sheet.box(0, 640, 1200, 160, p.STONE)
    sheet.box(90, 110, 1020, 560, p.CREAM)
    sheet.box(70, 86, 1060, 34, p.EARTH)
    for row in range(11):
        for column in range(11):
            shift = 46 if row % 2 else 0
            left = 96 + column * 93 + shift
            sheet.box(left, 126 + row * 50, min(86, 1104 - left), 44, p.SAND, see_through=0.72)
    sheet.disc(860, 260, 92, p.HONEY)
    sheet.ridge([(90, 500), (290, 420), (490, 490), (700, 390), (900, 480), (1110, 400)], 670, p.LEAF)
    sheet.ridge([(90, 600), (340, 520), (620, 590), (840, 510), (1110, 580)], 670, p.GREEN)
    for shift in (0, 26, 52):
        sheet.curve([(95, 578 + shift), (400, 606 + shift), (700, 572 + shift), (1105, 604 + shift)], p.BLUE, 11)
    _kingfisher(sheet, 520, 330)
    for x, y, colour in ((240, 200, p.ROSE), (330, 250, p.RED), (960, 430, p.ROSE), (270, 330, p.HONEY)):
        for turn in ((0, -24), (23, -7), (14, 19), (-14, 19), (-23, -7)):
            sheet.disc(x + turn[0], y + turn[1], 15, colour)
        sheet.disc(x, y, 12, p.CREAM)
    sheet.line([(935, 700), (985, 400), (1035, 700)], p.EARTH, 10)
    for y in (470, 540, 610):
        sheet.line([(985 - (y - 400) / 6, y), (985 + (y - 400) / 6, y)], p.EARTH, 8)
    person(sheet, 800, 740, 1.5, p.BLUE, p.INK, p.DARK_SKIN, p.INK, is_reaching=True)
    person(sheet, 210, 745, 1.4, p.RED, p.FOREST, p.PALE_SKIN, p.AMBER, is_reaching=True)
    for x, colour in ((560, p.RED), (620, p.HONEY), (680, p.BLUE)):
        sheet.box(x, 690, 46, 54, p.LINE, round_by=5)
        sheet.box(x, 690, 46, 16, colour, round_by=5)
    return sheet


def _kingfisher(sheet: Sheet, x: float, y: float) -> None:
    sheet.line([(x - 190, y + 128), (x + 240, y + 96)], p.EARTH, 16)
    sheet.shape([(x - 96, y + 80), (x - 160, y + 190), (x - 116, y + 186), (x - 50, y + 110)], p.BLUE)
    sheet.blob([(x - 100, y + 60), (x - 40, y - 50), (x + 60, y - 60), (x + 90, y + 30), (x + 20, y + 112)], p.HONEY)
    sheet.blob([(x - 116, y + 104), (x - 70, y - 10), (x + 10, y - 76), (x + 30, y - 10), (x - 30, y + 70)], p.BLUE)
    sheet.disc(x + 62, y - 62, 58, p.BLUE)
    sheet.shape([(x + 106, y - 84), (x + 240, y - 62), (x + 106, y - 44)], p.INK)
    sheet.oval(x + 88, y - 36, 30, 18, p.HONEY)
    sheet.disc(x + 28, y - 40, 15, p.WHITE)
    sheet.disc(x + 78, y - 74, 11, p.INK)
    sheet.disc(x + 81, y - 77, 4, p.WHITE)
    for shift in (0, 24, 48):
        feather = ((-84, 52), (-60, 40), (-44, 52))
        sheet.curve([(x + dx + shift, y + dy - shift) for dx, dy in feather], p.SKY, 5)


def footbridge() -> Sheet:
    """A new wooden footbridge over a small river, with a walker and a cyclist on it."""
    sheet = Sheet(1200, 800)
    sheet.bands(0, 420, between(p.SKY, p.CREAM, 7))
    _cloud(sheet, 300, 130, 0.9)
    _cloud(sheet, 930, 90, 0.7)
    sheet.land(390, 40, 1.3, 0.55, p.SAGE)
    sheet.land(450, 22, 1.7, 0.15, p.LEAF)
    tree(sheet, 120, 500, 270, p.GREEN, p.EARTH)
    tree(sheet, 1090, 500, 240, p.FOREST, p.EARTH)
    sheet.land(500, 8, 1.0, 0.4, p.GREEN)
    sheet.blob([(460, 470), (760, 470), (840, 600), (1010, 820), (190, 820), (370, 600)], p.DUSK)
    for x, y, width in ((470, 600, 110), (640, 650, 150), (420, 720, 170), (700, 748, 130), (560, 540, 90)):
        sheet.box(x, y, width, 8, p.FROST, round_by=4, see_through=0.25)
    arch = [(200, 560), (400, 486), (600, 462), (800, 486), (1000, 560)]
    sheet.curve([(x, y + 34) for x, y in arch], p.EARTH, 30)
    sheet.curve(arch, p.SAND, 22)
    person(sheet, 470, 474, 1.0, p.RED, p.BLUE, p.WARM_SKIN, p.INK, has_bag=True)
    _cyclist(sheet, 720, 466)
    sheet.curve([(x, y - 92) for x, y in arch], p.EARTH, 12)
    sheet.curve([(x, y - 48) for x, y in arch], p.EARTH, 7)
    for x, y in (
        (200, 560),
        (300, 520),
        (400, 486),
        (500, 467),
        (600, 462),
        (700, 467),
        (800, 486),
        (900, 520),
        (1000, 560),
    ):
        sheet.line([(x, y + 6), (x, y - 96)], p.EARTH, 11)
    return sheet


def _cyclist(sheet: Sheet, x: float, y: float) -> None:
    for wheel in (x - 52, x + 52):
        sheet.disc(wheel, y - 32, 33, p.INK)
        sheet.disc(wheel, y - 32, 26, p.CREAM)
    frame = [(x - 52, y - 32), (x - 14, y - 84), (x + 34, y - 84), (x - 4, y - 34), (x - 52, y - 32)]
    sheet.line(frame, p.RED, 8)
    sheet.line([(x + 52, y - 32), (x + 34, y - 84), (x + 28, y - 104)], p.RED, 8)
    sheet.line([(x - 18, y - 98), (x + 4, y - 60), (x - 2, y - 26)], p.INK, 18)
    sheet.line([(x - 18, y - 104), (x + 2, y - 160)], p.BLUE, 36)
    sheet.line([(x + 4, y - 154), (x + 32, y - 110)], p.BLUE, 13)
    sheet.disc(x + 14, y - 194, 22, p.PALE_SKIN)
    sheet.slice(x + 14, y - 196, 27, 180, 360, p.HONEY)


def hall() -> Sheet:
    """The moot hall in Wendham market place on an open day, with bunting and people on the steps."""
    sheet = Sheet(1200, 800, p.SKY)
    _cloud(sheet, 190, 150, 1.0)
    _cloud(sheet, 1030, 200, 0.8)
    sheet.box(0, 640, 1200, 160, p.SAND)
    sheet.box(250, 300, 700, 190, p.CREAM)
    sheet.shape([(210, 304), (600, 110), (990, 304)], p.GREEN)
    sheet.shape([(270, 296), (600, 132), (930, 296)], p.mix(p.GREEN, p.WHITE, 0.12))
    sheet.disc(600, 232, 46, p.INK)
    sheet.disc(600, 232, 40, p.PAPER)
    sheet.line([(600, 232), (600, 204)], p.INK, 6)
    sheet.line([(600, 232), (620, 244)], p.INK, 6)
    sheet.box(570, 62, 60, 60, p.CREAM)
    sheet.shape([(556, 66), (600, 14), (644, 66)], p.GREEN)
    for x in (250, 370, 490, 610, 730, 850, 950):
        sheet.line([(x, 304), (x, 488)], p.EARTH, 9)
    for x in (310, 430, 550, 670, 790, 900):
        sheet.line([(x - 50, 400), (x, 306), (x + 46, 400)], p.EARTH, 7)
        sheet.box(x - 28, 420, 56, 62, p.DUSK, round_by=4)
        sheet.box(x - 3, 420, 6, 62, p.EARTH)
    sheet.box(236, 484, 728, 24, p.EARTH)
    sheet.box(260, 508, 672, 140, p.SHADOW)
    for x in (260, 424, 588, 752, 916):
        sheet.box(x - 16, 508, 34, 146, p.STONE, round_by=3)
    for x in (343, 507, 671, 835):
        sheet.slice(x, 598, 66, 180, 360, p.HONEY)
        sheet.box(x - 66, 596, 132, 58, p.HONEY)
        sheet.slice(x, 598, 52, 180, 360, p.CREAM)
        sheet.box(x - 52, 596, 104, 58, p.CREAM)
    _bunting(sheet)
    for x, size, coat, skin, hair in (
        (160, 1.15, p.RED, p.WARM_SKIN, p.INK),
        (350, 1.0, p.BLUE, p.DARK_SKIN, p.INK),
        (520, 0.95, p.GREEN, p.PALE_SKIN, p.QUIET),
        (860, 1.1, p.AMBER, p.BROWN_SKIN, p.INK),
        (1030, 0.8, p.BLUE, p.PALE_SKIN, p.AMBER),
    ):
        person(sheet, x, 740, size, coat, p.INK, skin, hair)
    return sheet


def _bunting(sheet: Sheet) -> None:
    sheet.curve([(0, 120), (150, 210), (300, 300)], p.INK, 4)
    sheet.curve([(1200, 120), (1050, 210), (900, 300)], p.INK, 4)
    colours = (p.RED, p.HONEY, p.BLUE, p.CREAM, p.ROSE)
    for number in range(7):
        x, y = 24 + number * 40, 134 + number * 24
        for left in (x, 1200 - x - 30):
            sheet.shape([(left, y), (left + 30, y + 4), (left + 13, y + 42)], colours[number % 5])


def goalkeeper() -> Sheet:
    """A goalkeeper in big gloves reaches for a ball at dusk, with floodlights behind."""
    sheet = Sheet(1200, 800)
    sheet.bands(0, 480, between(p.DUSK, p.LILAC, 6))
    sheet.land(450, 18, 1.4, 0.3, p.FOREST)
    for x in (90, 1110):
        sheet.box(x - 6, 130, 12, 360, p.INK)
        sheet.box(x - 60, 90, 120, 56, p.INK, round_by=6)
        for dx in (-36, 0, 36):
            sheet.disc(x + dx, 118, 14, p.CREAM)
            sheet.disc(x + dx, 118, 40, p.CREAM, see_through=0.8)
    sheet.box(0, 480, 1200, 320, p.GREEN)
    for left in range(0, 1200, 240):
        sheet.shape([(left, 480), (left + 120, 480), (left + 90, 800), (left - 90, 800)], p.LEAF, see_through=0.6)
    for x in range(230, 980, 42):
        sheet.line([(x, 196), (x, 600)], p.PAPER, 3, see_through=0.45)
    for y in range(230, 600, 42):
        sheet.line([(220, y), (980, y)], p.PAPER, 3, see_through=0.45)
    sheet.line([(220, 610), (220, 190), (980, 190), (980, 610)], p.PAPER, 20)
    sheet.box(0, 610, 1200, 8, p.PAPER)
    person(sheet, 540, 660, 2.0, p.HONEY, p.INK, p.BROWN_SKIN, p.INK, is_reaching=True)
    for x, y in ((652, 286), (464, 502)):
        sheet.disc(x, y, 34, p.RED)
        sheet.disc(x, y, 14, p.PAPER)
    sheet.disc(760, 262, 46, p.PAPER)
    for dx, dy in ((0, 0), (-30, -18), (30, -18), (0, 34)):
        sheet.disc(760 + dx, 262 + dy, 13, p.INK)
    return sheet
