"""The example council's pictures: drawn when they are needed, so that no picture file need be kept or licensed."""

from collections.abc import Callable
from dataclasses import dataclass

from moothall.operating.example.artwork import dog, emblems, indoors, on_the_road, outdoors
from moothall.operating.example.artwork.brush import Sheet


@dataclass(frozen=True)
class Drawing:
    """A picture, and what somebody who cannot see it should hear."""

    draw: Callable[[], Sheet]
    alt: str


PICTURES = {
    "shelf": Drawing(
        indoors.shelf,
        "Three wooden library shelves full of colourful books, with a globe, a potted plant and a sign that says "
        "Staff picks.",
    ),
    "map": Drawing(
        indoors.old_map,
        "A hand-drawn map on cream paper, dated 1784. A blue river runs from corner to corner past Thornby and "
        "Wendham; a road leads on to Little Marrow and Tallow Cross. A magnifying glass lies on top.",
    ),
    "kitchen": Drawing(
        indoors.kitchen,
        "A kitchen table in the evening, under a green lamp: two steaming mugs, a bowl of fruit and a page of "
        "homework. A grown-up stands at one end and a child at the other.",
    ),
    "alarm": Drawing(
        indoors.alarm,
        "Someone presses the button of a smoke alarm on the ceiling with the end of a broom handle. A wall calendar "
        "beside them says Test it today.",
    ),
    "boxes": Drawing(
        indoors.boxes,
        "Archive boxes on a trolley, labelled Schools, Parish and Canal. The Canal box is open and full of rolled "
        "papers. In front lies a bundle of letters tied with a blue ribbon and a red seal.",
    ),
    "seeds": Drawing(
        indoors.seeds,
        "A cabinet of nine small drawers with the names of vegetables and herbs on them. On the table in front are "
        "three paper packets, loose seeds, a seedling in a pot and a green watering can.",
    ),
    "music": Drawing(
        indoors.music,
        "A young band on stage under coloured lights: a singer, a drummer with both sticks in the air, and a guitar "
        "on a stand. The drum says The Locks.",
    ),
    "canal": Drawing(
        outdoors.canal,
        "A red and green narrowboat on a canal at dusk. Its windows are lit, smoke rises from its chimney, and the sky "
        "runs from blue to orange behind it.",
    ),
    "crossing": Drawing(
        outdoors.crossing,
        "A school crossing patrol officer in a yellow coat holds up a round Stop, Children sign while two children "
        "with school bags cross a zebra crossing.",
    ),
    "mural": Drawing(
        outdoors.mural,
        "Two young people paint the brick wall of a youth centre. Their mural shows a big blue and orange kingfisher "
        "on a branch, green hills, a river and a yellow sun.",
    ),
    "footbridge": Drawing(
        outdoors.footbridge,
        "A new arched wooden footbridge over a small river. A walker with a rucksack and a cyclist are crossing it.",
    ),
    "hall": Drawing(
        outdoors.hall,
        "Wendham's moot hall, a timber-framed building on arches with a green roof and a clock, hung with bunting. "
        "Five people stand in the market place in front of it.",
    ),
    "engine": Drawing(
        on_the_road.engine,
        "A red fire engine with a ladder on its roof stands outside Wendham fire station. A firefighter in a yellow "
        "helmet stands beside it.",
    ),
    "van": Drawing(
        on_the_road.van,
        "The green mobile library on a village green, its hatch open to show two shelves of books. Three people, one "
        "of them a child, have come to choose.",
    ),
    "gritter": Drawing(
        on_the_road.gritter,
        "A yellow gritter called Sally Salter spreads salt on a hill road on a snowy night, under stars and a crescent "
        "moon.",
    ),
    "roller": Drawing(
        on_the_road.roller,
        "A yellow road roller flattens dark new tarmac. A worker in a bright jacket leans on a broom; three red cones "
        "mark the end of the new surface.",
    ),
    "ember": Drawing(
        dog.ember,
        "Ember, a black and tan dog, sits up straight in a bright yellow coat that says Fire investigation. Her "
        "tongue is out and her tail is up.",
    ),
    "ember-at-work": Drawing(
        dog.ember_at_work,
        "Ember, nose down, searches a scorched kitchen floor. Three numbered yellow markers show where she has "
        "stopped. Her handler holds the lead.",
    ),
    "boots": Drawing(
        dog.boots,
        "Four small red boots in a row beside a blue bowl with the name Ember on it. Her yellow coat and her lead "
        "hang on pegs, and a trail of paw prints leads away.",
    ),
    "cat": Drawing(
        dog.cat,
        "Ember, in her yellow coat, looks at you. Above her, on a shelf among yellow helmets, sits a ginger cat with "
        "her tail hanging down.",
    ),
    "breakfast": Drawing(
        dog.breakfast,
        "Two empty bowls on a tiled floor: a big blue one that says Ember, and a small red one that says Cat. A few "
        "crumbs lie in front of both.",
    ),
    "story-time": Drawing(
        indoors.story_time,
        "A huge picture book lies open on cushions. On one page a bear sits up in bed, wide awake; on the other are "
        "the moon and the stars.",
    ),
    "goalkeeper": Drawing(
        outdoors.goalkeeper,
        "A goalkeeper with big red gloves reaches for the ball in front of a goal, at dusk under floodlights.",
    ),
}
"""What posts show, 1200 by 800."""

FACES = {
    "council": Drawing(emblems.council, "The council's oak tree above a river, on green."),
    "libraries": Drawing(emblems.libraries, "An open book under a small sun, on blue."),
    "archives": Drawing(emblems.archives, "An old key across a sealed letter, on brown."),
    "fostering": Drawing(emblems.fostering, "A small house with a heart for a door, on pink."),
    "youth": Drawing(emblems.youth, "A paper aeroplane climbing, on orange."),
    "highways": Drawing(emblems.highways, "A road winding over green hills."),
    "fire": Drawing(emblems.fire, "A flame inside a drop of water, on red."),
    "ember": Drawing(emblems.ember, "The face of Ember, a black and tan dog with her tongue out, on yellow."),
}
"""The pictures of channels, 480 by 480."""

LOGO = Drawing(emblems.logo, "Exampleshire County Council: an oak tree on a hill above a river")
