"""Pictures of rooms and of things on tables."""

from moothall.operating.example.artwork import palette as p
from moothall.operating.example.artwork.brush import Sheet
from moothall.operating.example.artwork.figures import person

SPINES = (p.RED, p.BLUE, p.HONEY, p.GREEN, p.ROSE, p.EARTH, p.DUSK, p.LEAF, p.AMBER, p.FOREST)


def shelf() -> Sheet:
    """Library shelves full of books, with a plant and a globe among them."""
    sheet = Sheet(1200, 800, p.EARTH)
    for row in range(3):
        top = 34 + row * 256
        sheet.box(34, top, 1132, 230, p.mix(p.EARTH, p.INK, 0.45))
        _row_of_books(sheet, row, top + 230)
        sheet.box(20, top + 228, 1160, 22, p.SAND)
    _plant(sheet, 1040, 262)
    _globe(sheet, 160, 518)
    sheet.shape([(560, 774), (576, 664), (690, 664), (706, 774)], p.CREAM)
    sheet.words(634, 706, "STAFF", 24, p.INK)
    sheet.words(634, 738, "PICKS", 24, p.INK)
    return sheet


def _row_of_books(sheet: Sheet, row: int, foot: float) -> None:
    gaps = ((960, 1150), (44, 270), (530, 740))
    left, number = 46.0, row * 11
    while left < 1120:
        begin, end = gaps[row]
        if left + 50 > begin and left < end:
            left = end
            continue
        thick, tall = 26 + (number * 13) % 26, 140 + (number * 29) % 68
        colour = SPINES[(number * 7) % len(SPINES)]
        sheet.box(left, foot - tall, thick, tall, colour, round_by=3)
        sheet.box(left, foot - tall + 18, thick, 7, p.CREAM, see_through=0.25)
        if number % 3:
            sheet.box(left + thick / 2 - 3, foot - tall * 0.62, 6, tall * 0.34, p.CREAM, round_by=3, see_through=0.25)
        left, number = left + thick + 3, number + 1


def _plant(sheet: Sheet, x: float, foot: float) -> None:
    for dx, dy in ((-64, -120), (-34, -160), (0, -178), (34, -158), (66, -116)):
        sheet.curve([(x, foot - 60), (x + dx * 0.5, foot + dy * 0.8), (x + dx, foot + dy)], p.LEAF, 16)
        sheet.oval(x + dx, foot + dy, 15, 24, p.SAGE)
    sheet.shape([(x - 52, foot - 80), (x + 52, foot - 80), (x + 38, foot), (x - 38, foot)], p.ROSE)
    sheet.box(x - 58, foot - 88, 116, 20, p.RED, round_by=5)


def _globe(sheet: Sheet, x: float, foot: float) -> None:
    sheet.box(x - 50, foot - 18, 100, 18, p.SAND, round_by=8)
    sheet.box(x - 7, foot - 50, 14, 40, p.SAND)
    sheet.disc(x, foot - 118, 86, p.HONEY)
    sheet.disc(x, foot - 118, 76, p.SKY)
    for land in (
        ((-52, -150), (-10, -168), (4, -130), (-24, -100), (-56, -116)),
        ((14, -118), (52, -130), (56, -96), (26, -74)),
    ):
        sheet.blob([(x + dx, foot + dy) for dx, dy in land], p.LEAF)


def old_map() -> Sheet:
    """An old hand-drawn map of the county on an archive table, with a magnifying glass, weights and a pencil."""
    sheet = Sheet(1200, 800, p.FOREST)
    sheet.shape([(120, 96), (1090, 70), (1110, 716), (96, 738)], p.INK, see_through=0.6)
    sheet.shape([(110, 84), (1080, 60), (1098, 704), (88, 724)], p.CREAM)
    sheet.shape([(132, 106), (1060, 84), (1076, 682), (112, 700)], p.mix(p.CREAM, p.SAND, 0.55))
    sheet.shape([(140, 114), (1052, 92), (1068, 674), (120, 692)], p.CREAM)
    sheet.curve([(160, 220), (300, 300), (380, 420), (540, 440), (640, 540), (820, 560), (1058, 620)], p.DUSK, 20)
    sheet.curve([(620, 100), (600, 220), (560, 340), (540, 440)], p.DUSK, 11)
    for x, y in ((250, 500), (330, 560), (220, 590), (400, 520), (300, 480)):
        sheet.shape([(x - 26, y + 30), (x, y - 30), (x + 26, y + 30)], p.SAGE)
        sheet.shape([(x - 26, y + 30), (x, y - 30), (x, y + 30)], p.LEAF)
    for x, y in ((760, 190), (840, 230), (900, 180), (820, 150)):
        sheet.ridge([(x - 50, y + 40), (x, y - 16), (x + 50, y + 40)], y + 40, p.SAND)
        sheet.curve([(x - 50, y + 40), (x, y - 16), (x + 50, y + 40)], p.EARTH, 4)
    road = [(150, 400), (330, 360), (560, 500), (760, 420), (1040, 380)]
    sheet.curve(road, p.EARTH, 9)
    sheet.curve(road, p.CREAM, 4)
    for x, y, name in (
        (330, 360, "Thornby"),
        (580, 500, "WENDHAM"),
        (770, 420, "Little Marrow"),
        (960, 392, "Tallow Cross"),
    ):
        sheet.box(x - 17, y - 16, 34, 26, p.RED)
        sheet.shape([(x - 8, y - 14), (x, y - 48), (x + 8, y - 14)], p.RED)
        sheet.words(x, y - 66, name, 28, p.INK)
    _compass(sheet, 225, 185)
    sheet.words(300, 656, "EXAMPLESHIRE, 1784", 26, p.EARTH)
    _lens(sheet, 905, 530)
    sheet.line([(180, 770), (470, 740)], p.HONEY, 15)
    sheet.shape([(470, 732), (470, 749), (498, 737)], p.CREAM)
    for x, y in ((130, 120), (1064, 110), (120, 690)):
        sheet.disc(x, y, 32, p.INK)
        sheet.disc(x, y, 22, p.QUIET)
    return sheet


def _compass(sheet: Sheet, x: float, y: float) -> None:
    sheet.disc(x, y, 54, p.SAND)
    sheet.disc(x, y, 48, p.CREAM)
    for dx, dy, colour in ((0, -1, p.RED), (1, 0, p.EARTH), (0, 1, p.EARTH), (-1, 0, p.EARTH)):
        sheet.shape([(x + dx * 44, y + dy * 44), (x + dy * 12, y - dx * 12), (x - dy * 12, y + dx * 12)], colour)


def _lens(sheet: Sheet, x: float, y: float) -> None:
    sheet.line([(x + 62, y + 62), (x + 178, y + 178)], p.INK, 34)
    sheet.line([(x + 66, y + 66), (x + 172, y + 172)], p.EARTH, 22)
    sheet.disc(x, y, 92, p.INK)
    sheet.disc(x, y, 80, p.FROST)
    sheet.shape([(x - 60, y - 10), (x - 8, y - 62), (x + 12, y - 54), (x - 52, y + 12)], p.WHITE)


def kitchen() -> Sheet:
    """A kitchen table with two mugs, homework and a fruit bowl, and the evening in the window."""
    sheet = Sheet(1200, 800, p.CREAM)
    sheet.box(0, 430, 1200, 60, p.mix(p.CREAM, p.SAND, 0.5))
    sheet.box(340, 60, 520, 330, p.WHITE, round_by=10)
    sheet.box(358, 78, 484, 294, p.DUSK)
    sheet.shape([(358, 372), (358, 270), (470, 220), (600, 280), (720, 230), (842, 280), (842, 372)], p.GREEN)
    sheet.disc(720, 150, 40, p.CREAM)
    sheet.box(592, 78, 16, 294, p.WHITE)
    for left, right in ((300, 400), (900, 800)):
        sheet.blob([(left, 50), (right, 50), ((left + right) / 2 + (right - left) * 0.2, 220), (left, 410)], p.ROSE)
    sheet.box(270, 36, 660, 20, p.EARTH, round_by=10)
    _lamp(sheet, 600)
    sheet.oval(600, 580, 620, 120, p.EARTH)
    sheet.oval(600, 566, 620, 116, p.SAND)
    for x, colour in ((400, p.GREEN), (790, p.RED)):
        sheet.disc(x + 52, 548, 30, colour)
        sheet.disc(x + 52, 548, 17, p.SAND)
        sheet.box(x - 50, 486, 104, 118, colour, round_by=14)
        sheet.oval(x, 490, 51, 13, p.EARTH)
        for dx in (-16, 14):
            sheet.curve([(x + dx, 470), (x + dx + 12, 446), (x + dx - 6, 424), (x + dx + 8, 396)], p.WHITE, 7)
    sheet.shape([(500, 600), (670, 586), (720, 662), (530, 676)], p.WHITE)
    for number in range(4):
        sheet.line([(530 + number * 6, 614 + number * 14), (650 + number * 8, 604 + number * 14)], p.STONE, 4)
    sheet.line([(640, 690), (760, 640)], p.HONEY, 11)
    for x, y, colour in ((560, 500, p.RED), (610, 486, p.LEAF), (650, 504, p.HONEY), (600, 512, p.HONEY)):
        sheet.disc(x, y, 32, colour)
    sheet.slice(606, 514, 92, 0, 180, p.BLUE)
    person(sheet, 130, 860, 2.5, p.AMBER, p.INK, p.DARK_SKIN, p.INK)
    person(sheet, 1070, 850, 1.9, p.BLUE, p.INK, p.BROWN_SKIN, p.INK)
    return sheet


def _lamp(sheet: Sheet, x: float) -> None:
    sheet.line([(x, 0), (x, 150)], p.INK, 5)
    sheet.shape([(x - 170, 490), (x - 66, 214), (x + 66, 214), (x + 170, 490)], p.WHITE, see_through=0.72)
    sheet.shape([(x - 84, 216), (x - 36, 146), (x + 36, 146), (x + 84, 216)], p.GREEN)
    sheet.disc(x, 218, 22, p.HONEY)


def alarm() -> Sheet:
    """A hand on a broom handle testing a smoke alarm on a ceiling."""
    sheet = Sheet(1200, 800, p.FROST)
    sheet.shape([(0, 0), (1200, 0), (1020, 210), (180, 210)], p.WHITE)
    sheet.line([(180, 210), (1020, 210)], p.LINE, 5)
    sheet.line([(180, 210), (180, 800)], p.LINE, 5)
    sheet.line([(1020, 210), (1020, 800)], p.LINE, 5)
    for radius, veil in ((330, 0.9), (250, 0.84), (180, 0.76)):
        sheet.oval(600, 180, radius, radius * 0.62, p.RED, see_through=veil)
    sheet.oval(600, 130, 130, 40, p.LINE)
    sheet.shape([(486, 134), (714, 134), (690, 210), (510, 210)], p.PAPER)
    sheet.oval(600, 210, 90, 26, p.LINE)
    sheet.oval(600, 206, 82, 22, p.WHITE)
    sheet.disc(560, 206, 7, p.RED)
    sheet.oval(620, 206, 24, 9, p.STONE)
    sheet.line([(620, 222), (690, 800)], p.EARTH, 22)
    sheet.box(602, 206, 38, 34, p.AMBER, round_by=8)
    sheet.box(250, 330, 210, 270, p.WHITE, round_by=6)
    sheet.box(268, 348, 174, 234, p.SAGE)
    sheet.ridge([(268, 520), (330, 450), (400, 500), (442, 470)], 582, p.GREEN)
    sheet.disc(390, 410, 28, p.HONEY)
    sheet.box(800, 330, 170, 270, p.SAND, round_by=6)
    sheet.box(816, 346, 138, 180, p.CREAM)
    for row in range(4):
        for column in range(5):
            colour = p.RED if (row, column) == (1, 0) else p.STONE
            sheet.disc(836 + column * 25, 376 + row * 38, 8, colour)
    sheet.words(885, 562, "TEST IT TODAY", 19, p.EARTH)
    person(sheet, 545, 960, 2.6, p.BLUE, p.INK, p.WARM_SKIN, p.QUIET, is_reaching=True)
    return sheet


def boxes() -> Sheet:
    """Archive boxes on a trolley, one of them open, with a bundle of letters and a wax seal."""
    sheet = Sheet(1200, 800, p.mix(p.MIST, p.LINE, 0.4))
    sheet.box(0, 640, 1200, 160, p.STONE)
    for left in (40, 1010):
        sheet.box(left, 60, 150, 600, p.QUIET)
        for row in range(4):
            sheet.box(left + 10, 80 + row * 144, 130, 118, p.SAND if (row + left) % 3 else p.SAGE)
            sheet.box(left + 44, 110 + row * 144, 62, 34, p.PAPER)
    sheet.box(260, 560, 680, 26, p.INK, round_by=8)
    for x in (300, 900):
        sheet.line([(x, 570), (x, 690)], p.INK, 14)
        sheet.disc(x, 700, 24, p.INK)
        sheet.disc(x, 700, 10, p.STONE)
    for x, y, width, colour, label in (
        (300, 400, 250, p.SAND, "PARISH"),
        (650, 400, 250, p.SAGE, "CANAL"),
        (340, 244, 230, p.SAGE, "SCHOOLS"),
    ):
        sheet.box(x, y, width, 160, colour, round_by=4)
        sheet.box(x - 8, y - 6, width + 16, 40, p.mix(colour, p.INK, 0.16), round_by=4)
        sheet.box(x + width / 2 - 66, y + 62, 132, 62, p.PAPER, round_by=4)
        sheet.words(x + width / 2, y + 92, label, 24, p.INK)
    for number, x in enumerate((664, 700, 742, 790, 838)):
        sheet.box(x, 312 - (number % 2) * 22, 34, 100, p.CREAM if number % 2 else p.PAPER)
    sheet.box(650, 394, 250, 8, p.mix(p.SAGE, p.INK, 0.3))
    sheet.box(0, 724, 1200, 76, p.SAND)
    sheet.box(0, 720, 1200, 12, p.EARTH)
    _bundle(sheet, 600, 690)
    return sheet


def _bundle(sheet: Sheet, x: float, y: float) -> None:
    for number in range(5):
        sheet.box(x - 130, y + 20 - number * 12, 260, 12, p.CREAM if number % 2 else p.SAND)
    sheet.shape([(x - 130, y - 36), (x + 130, y - 36), (x + 96, y - 70), (x - 96, y - 70)], p.CREAM)
    sheet.box(x - 14, y - 70, 28, 102, p.BLUE)
    sheet.disc(x, y - 44, 30, p.RED)
    sheet.disc(x, y - 44, 20, p.mix(p.RED, p.INK, 0.25))


def seeds() -> Sheet:
    """A seed library: small drawers, paper packets of seeds, a watering can and a seedling."""
    sheet = Sheet(1200, 800, p.MIST)
    sheet.box(80, 80, 620, 430, p.EARTH, round_by=10)
    names = ("PEAS", "BEANS", "CHARD", "POPPY", "LEEKS", "CARROT", "BORAGE", "KALE", "THYME")
    for number, name in enumerate(names):
        x, y = 104 + (number % 3) * 196, 104 + (number // 3) * 132
        sheet.box(x, y, 180, 116, p.SAND, round_by=6)
        sheet.box(x + 36, y + 20, 108, 38, p.PAPER, round_by=4)
        sheet.words(x + 90, y + 39, name, 22, p.INK)
        sheet.disc(x + 90, y + 84, 12, p.HONEY)
    sheet.box(0, 560, 1200, 240, p.SAND)
    sheet.box(0, 556, 1200, 14, p.EARTH)
    for x, y, colour, petal in ((250, 600, p.CREAM, p.RED), (400, 620, p.FROST, p.HONEY), (550, 598, p.BLUSH, p.ROSE)):
        sheet.box(x, y, 120, 160, colour, round_by=5)
        sheet.box(x, y, 120, 24, p.LINE, round_by=5)
        sheet.curve([(x + 60, y + 146), (x + 56, y + 110), (x + 60, y + 84)], p.LEAF, 7)
        for dx, dy in ((0, -22), (21, -6), (13, 18), (-13, 18), (-21, -6)):
            sheet.disc(x + 60 + dx, y + 74 + dy, 14, petal)
        sheet.disc(x + 60, y + 74, 11, p.EARTH)
    for number in range(16):
        sheet.oval(90 + (number * 47) % 120, 640 + (number * 31) % 110, 8, 6, p.EARTH)
    _watering_can(sheet, 900, 560)
    sheet.shape([(730, 590), (830, 590), (814, 690), (746, 690)], p.AMBER)
    sheet.box(722, 576, 116, 24, p.AMBER, round_by=5)
    sheet.curve([(780, 580), (784, 530), (778, 480)], p.LEAF, 9)
    for dx, dy in ((-36, -10), (36, -16)):
        sheet.oval(780 + dx, 490 + dy, 36, 17, p.LEAF)
    return sheet


def _watering_can(sheet: Sheet, x: float, foot: float) -> None:
    sheet.curve(
        [(x + 150, foot - 30), (x + 250, foot - 100), (x + 200, foot - 230), (x + 60, foot - 220)], p.FOREST, 20
    )
    sheet.line([(x + 10, foot - 60), (x - 110, foot - 240)], p.GREEN, 30)
    sheet.shape([(x - 160, foot - 230), (x - 70, foot - 296), (x - 84, foot - 220), (x - 120, foot - 200)], p.FOREST)
    sheet.box(x - 20, foot - 190, 210, 200, p.GREEN, round_by=16)
    sheet.oval(x + 85, foot - 190, 105, 24, p.FOREST)


def music() -> Sheet:
    """The youth centre's music room: a drum kit, a guitar on a stand and a singer at a microphone."""
    sheet = Sheet(1200, 800, p.NIGHT)
    sheet.box(0, 600, 1200, 200, p.EARTH)
    for left, colour in ((60, p.HONEY), (520, p.ROSE), (960, p.SKY)):
        sheet.shape([(left + 60, 0), (left + 110, 0), (left + 260, 620), (left - 90, 620)], colour, see_through=0.84)
    for x in range(40, 1200, 70):
        sheet.disc(x, 60 + (x * 7 % 50), 9, p.HONEY)
        sheet.disc(x, 60 + (x * 7 % 50), 16, p.HONEY, see_through=0.75)
    sheet.oval(650, 690, 330, 46, p.RED)
    sheet.oval(650, 690, 290, 36, p.ROSE)
    person(sheet, 660, 620, 1.9, p.GREEN, p.INK, p.BROWN_SKIN, p.INK, is_reaching=True)
    for x, y, radius, colour in ((560, 520, 62, p.BLUE), (770, 520, 62, p.BLUE)):
        sheet.box(x - radius, y, radius * 2, 70, colour, round_by=8)
        sheet.oval(x, y, radius, 18, p.PAPER)
    sheet.disc(665, 600, 96, p.BLUE)
    sheet.disc(665, 600, 82, p.PAPER)
    sheet.words(665, 600, "THE LOCKS", 25, p.INK)
    for x, top in ((456, 380), (880, 380)):
        sheet.line([(x, top), (x, 690)], p.STONE, 7)
        sheet.oval(x, top, 80, 13, p.HONEY)
    person(sheet, 250, 760, 2.1, p.RED, p.BLUE, p.PALE_SKIN, p.AMBER)
    sheet.line([(330, 770), (330, 484), (300, 460)], p.STONE, 8)
    sheet.disc(294, 456, 17, p.QUIET)
    _guitar(sheet, 1030, 600)
    return sheet


def _guitar(sheet: Sheet, x: float, y: float) -> None:
    sheet.line([(x - 70, y + 160), (x, y + 40), (x + 70, y + 160)], p.STONE, 9)
    sheet.line([(x, y - 40), (x + 40, y - 310)], p.EARTH, 20)
    sheet.box(x + 22, y - 350, 42, 60, p.INK, round_by=8)
    body = ((-90, 80), (-56, -10), (-52, -80), (10, -100), (60, -70), (52, 0), (84, 90), (0, 140))
    sheet.blob([(x + dx, y + dy) for dx, dy in body], p.AMBER)
    sheet.disc(x + 2, y + 10, 32, p.INK)
    sheet.box(x - 36, y + 84, 72, 13, p.INK, round_by=5)
    sheet.line([(x, y + 88), (x + 36, y - 290)], p.CREAM, 4)


def story_time() -> Sheet:
    """A big picture book open on cushions: a bear wide awake in bed on one page, the moon and stars on the other."""
    sheet = Sheet(1200, 800, p.MIST)
    sheet.oval(600, 690, 560, 130, p.SAGE)
    for x, y, colour in ((190, 640, p.RED), (1010, 640, p.BLUE), (420, 710, p.HONEY), (790, 715, p.ROSE)):
        sheet.oval(x, y, 180, 74, colour)
        sheet.oval(x, y - 12, 150, 50, p.mix(colour, p.WHITE, 0.15))
        sheet.disc(x, y - 12, 12, colour)
    sheet.shape([(130, 130), (600, 170), (1070, 130), (1070, 600), (600, 650), (130, 600)], p.EARTH)
    sheet.shape([(150, 110), (600, 150), (600, 620), (150, 580)], p.CREAM)
    sheet.shape([(1050, 110), (600, 150), (600, 620), (1050, 580)], p.NIGHT)
    for number in range(24):
        x, y = 630 + (number * 97) % 400, 170 + (number * 131) % 250
        sheet.disc(x, y, 3 + number % 4, p.CREAM)
    sheet.disc(850, 270, 74, p.CREAM)
    sheet.disc(884, 254, 66, p.NIGHT)
    sheet.ridge([(600, 520), (720, 470), (850, 530), (1050, 450)], 578, p.FOREST)
    sheet.shape([(600, 560), (1050, 530), (1050, 580), (600, 620)], p.FOREST)
    sheet.box(190, 230, 26, 320, p.AMBER, round_by=8)
    sheet.box(200, 400, 360, 150, p.AMBER, round_by=10)
    sheet.oval(330, 380, 130, 56, p.WHITE)
    _bear(sheet, 340, 330)
    sheet.blob([(230, 440), (340, 400), (470, 420), (566, 410), (574, 540), (230, 560)], p.BLUE)
    for x, y in ((290, 480), (370, 460), (450, 490), (520, 460), (340, 530), (500, 526)):
        sheet.disc(x, y, 11, p.HONEY)
    sheet.line([(600, 152), (600, 640)], p.SAND, 5)
    return sheet


def _bear(sheet: Sheet, x: float, y: float) -> None:
    for side in (-1, 1):
        sheet.disc(x + 62 * side, y - 64, 30, p.EARTH)
        sheet.disc(x + 62 * side, y - 64, 17, p.SAND)
    sheet.disc(x, y, 92, p.EARTH)
    sheet.oval(x, y + 30, 42, 32, p.SAND)
    sheet.oval(x, y + 14, 17, 12, p.INK)
    sheet.curve([(x - 16, y + 46), (x, y + 38), (x + 16, y + 46)], p.INK, 5)
    for side in (-1, 1):
        sheet.disc(x + 34 * side, y - 20, 22, p.WHITE)
        sheet.disc(x + 34 * side + 5, y - 24, 11, p.INK)
