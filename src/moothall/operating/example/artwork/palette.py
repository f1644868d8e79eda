"""The colours of the house, and mixtures of them; with ``mix`` for one more."""

from moothall.core import contrast, models
from moothall.core.contrast import mix as mix

PAPER = contrast.PAPER
WHITE = contrast.WHITE
GREEN = models.GREEN
INK = "#1c2421"
LINE = "#d8d2c4"
QUIET = "#57605b"
AMBER = "#a04b00"
RED = "#a8201a"
BLUE = "#1d4f91"
MIST = "#e6f0ea"
CREAM = "#fdf0dc"
BLUSH = "#fbe9e7"
FROST = "#e8eff8"

FOREST = mix(GREEN, INK, 0.45)
LEAF = mix(GREEN, MIST, 0.35)
SAGE = mix(GREEN, MIST, 0.65)
HONEY = mix(AMBER, "#ffd98a", 0.62)
SAND = mix(AMBER, PAPER, 0.68)
EARTH = mix(AMBER, INK, 0.45)
ROSE = mix(RED, BLUSH, 0.5)
SKY = mix(BLUE, FROST, 0.68)
LILAC = mix(ROSE, SKY, 0.45)
DUSK = mix(BLUE, FROST, 0.35)
NIGHT = mix(BLUE, INK, 0.72)
STONE = mix(LINE, QUIET, 0.35)
SHADOW = mix(QUIET, INK, 0.5)

PALE_SKIN = mix(AMBER, CREAM, 0.72)
WARM_SKIN = mix(AMBER, CREAM, 0.42)
BROWN_SKIN = mix(AMBER, INK, 0.3)
DARK_SKIN = mix(AMBER, INK, 0.55)
