"""What the demo's shop sells."""

from cart.domain.products import Category, Product
from cart.domain.purchases import ProductId
from kernel.money import Money

# Name, pence, drawing, units in stock, description.
_Row = tuple[str, int, str, int, str]
_ROWS: dict[Category, tuple[_Row, ...]] = {
    Category.COFFEE: (
        ("Moka pot, three cups", 2495, "moka", 60, "Cast aluminium, for gas and electric hobs."),
        ("Espresso cups, set of four", 2200, "cup", 45, "Stoneware, 80 ml each, without saucers."),
        ("Pour-over dripper", 1450, "dripper", 38, "Porcelain. Takes paper filters of size 02."),
        ("Hand grinder", 5900, "grinder", 12, "Steel burrs, forty settings, holds 25 g."),
        ("House blend, 250 g", 890, "bag", 400, "Whole beans: hazelnut, dark chocolate, a plum."),
        ("Assam leaf tea, 100 g", 640, "tin", 150, "Second flush, in a tin that closes tightly."),
    ),
    Category.KITCHEN: (
        ("Cast-iron pan, 24 cm", 3800, "pan", 20, "Seasoned with rapeseed oil. Weighs 2.1 kg."),
        ("Bread knife, 20 cm", 4200, "knife", 3, "Carbon steel with a walnut handle."),
        ("Beech cutting board", 2650, "board", 32, "End grain, 36 by 24 cm, oiled."),
        ("Kitchen scales", 3100, "scales", 27, "Weighs up to 5 kg to the gram."),
        ("Linen tea towels, pair", 1600, "towel", 80, "Washed linen, 50 by 70 cm, with a loop."),
        ("Enamel colander", 2100, "colander", 18, "26 cm across, white with a blue rim."),
    ),
    Category.DESK: (
        ("Dotted notebook, A5", 950, "notebook", 220, "192 pages of 90 g paper, lies flat."),
        ("Fountain pen", 2900, "pen", 41, "Medium nib. Takes cartridges, or a converter."),
        ("Desk lamp", 6400, "lamp", 9, "Two joints, warm light, a switch at the foot."),
        ("Brass ruler, 30 cm", 1300, "ruler", 55, "Engraved in millimetres on both edges."),
        ("Wool felt desk mat", 3400, "mat", 25, "60 by 40 cm, 3 mm thick, grey."),
        ("Page markers", 420, "tabs", 500, "Paper, five colours, a hundred of each."),
    ),
    Category.OUTDOORS: (
        ("Enamel mug", 1150, "mug", 95, "350 ml, and it may go onto the fire."),
        ("Wool blanket", 7900, "blanket", 14, "Lambswool, 140 by 180 cm, woven in stripes."),
        ("Head torch", 2700, "torch", 33, "300 lumens, charged by USB, and a red light."),
        ("Vacuum flask, 0.75 l", 3300, "flask", 48, "Keeps hot for twelve hours. Steel."),
        ("Pocket compass", 1850, "compass", 0, "Brass case, liquid-filled, a lid that snaps."),
        ("Canvas rucksack, 24 l", 8900, "rucksack", 7, "Waxed cotton, leather straps, one pocket."),
    ),
}


def products() -> list[tuple[Product, int]]:
    """The catalogue, and how many of each are in stock at first."""
    return [
        (_product(category, *row[:3], row[4]), row[3])
        for category, rows in _ROWS.items()
        for row in rows
    ]


def _product(category: Category, name: str, pence: int, drawing: str, description: str) -> Product:
    return Product(
        product_id=ProductId(_slug(name)),
        name=name,
        description=description,
        category=category,
        price=Money(pence, "GBP"),
        drawing=drawing,
    )


def _slug(name: str) -> str:
    """`Moka pot, three cups` as `moka-pot`: what stands before the first comma."""
    return name.partition(",")[0].lower().replace(" ", "-")
