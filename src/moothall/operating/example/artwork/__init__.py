"""The example council's pictures: drawn when they are needed, so that no picture file need be kept or licensed."""

from collections.abc import Callable

from moothall.operating.example.artwork import dog, emblems, indoors, on_the_road, outdoors
from moothall.operating.example.artwork.brush import Sheet

PICTURES: dict[str, Callable[[], Sheet]] = {
    "shelf": indoors.shelf,
    "map": indoors.old_map,
    "kitchen": indoors.kitchen,
    "alarm": indoors.alarm,
    "boxes": indoors.boxes,
    "seeds": indoors.seeds,
    "music": indoors.music,
    "canal": outdoors.canal,
    "crossing": outdoors.crossing,
    "mural": outdoors.mural,
    "footbridge": outdoors.footbridge,
    "hall": outdoors.hall,
    "engine": on_the_road.engine,
    "van": on_the_road.van,
    "gritter": on_the_road.gritter,
    "roller": on_the_road.roller,
    "ember": dog.ember,
    "ember-at-work": dog.ember_at_work,
    "boots": dog.wet_feet,
}
"""What posts show, 1200 by 800."""

FACES: dict[str, Callable[[], Sheet]] = {
    "council": emblems.council,
    "libraries": emblems.libraries,
    "archives": emblems.archives,
    "fostering": emblems.fostering,
    "youth": emblems.youth,
    "highways": emblems.highways,
    "fire": emblems.fire,
    "ember": emblems.ember,
}
"""The pictures of channels, 480 by 480."""

LOGO = emblems.logo
