"""The catalogue: models with their base prices, operations, free actions, and kinds of asset.

Prices are milli-CU per asset made (models) or per call (operations), before discounts.
"""

from typing import NamedTuple

from scenario_usage_cli.sandbox.studio import ALWAYS, day_number, make_id


class Model(NamedTuple):
    """A model that can be run from day `since` to day `until`; `discount` is in percent."""

    id: str
    name: str
    kind: str
    price: int
    weight: int
    discount: int = 0
    since: int = 0
    until: int = ALWAYS
    known: bool = True  # whether `entities` has it


class Operation(NamedTuple):
    """A billed or counted call that runs no model. A price of None: its rows carry no CU at all.

    `kind` and `origin` (the API's `source`) are those of the asset it makes, if it makes one.
    """

    action: str
    kind: str | None
    price: int | None
    weight: int
    job_type: str | None = None
    origin: str = "unknown"


class FreeAction(NamedTuple):
    """An action that is only logged, on an `asset`, a `model` or a `collection`.

    `cost` is what the activity row says: 0, or None for no figure.
    """

    action: str
    target: str
    cost: int | None
    weight: int


def _model(
    name: str,
    kind: str,
    price: int,
    weight: int,
    discount: int = 0,
    since: str | None = None,
    until: str | None = None,
    known: bool = True,
) -> Model:
    first = 0 if since is None else day_number(since)
    last = ALWAYS if until is None else day_number(until)
    return Model(make_id("model", name), name, kind, price, weight, discount, first, last, known)


MODELS = (
    _model("Lumen 3 Pro", "image", 5_000, 16),
    _model("Lumen 3 Fast", "image", 1_250, 14),
    _model("Aquarelle XL", "image", 2_500, 9, discount=10),
    _model("水墨山水 v2", "image", 3_000, 8),
    _model("ネオ東京スタイル", "image", 4_000, 7),
    _model("Éclat Portrait 🌸", "image", 2_750, 5),
    _model("Kumo House Style", "image", 2_000, 12, discount=30),
    _model("Forest Spirits (LoRA)", "image", 2_125, 7),
    _model("Isometric Tiles", "image", 1_500, 6),
    _model("[beta] Ink & Line", "image", 6_000, 2, discount=100),
    _model("Pixel Forge 16", "image", 750, 5),
    _model("Icon Maker, small", "image", 375, 5),
    _model("Sketch to Render", "image", 3_500, 4, until="2025-12-31"),
    _model("Lumen 2", "image", 4_500, 6, until="2025-08-31"),
    _model("Lumen 4 Preview", "image", 7_500, 6, discount=20, since="2026-04-20"),
    _model("deleted-custom-model", "image", 2_250, 3, known=False),
    _model("Open Canvas (free)", "image", 0, 4),
    _model("Rivière Motion 2", "video", 60_000, 5),
    _model("Rivière Motion 2 Turbo", "video", 24_000, 5),
    _model("Kinetic 1.5", "video", 45_500, 3, until="2026-03-31"),
    _model("Kinetic 2", "video", 52_250, 4, since="2026-02-10"),
    _model("夢映像 Loop", "video", 18_000, 3, discount=25),
    _model("Lip Sync Studio", "video", 12_125, 2, since="2025-03-03"),
    _model("Foley Maker", "audio", 1_500, 6),
    _model("Voix Naturelle", "audio", 875, 7),
    _model("Score Composer", "audio", 4_000, 4, since="2025-01-13"),
    _model("鼓と笛", "audio", 2_250, 2),
    _model("Mesh Caster 2", "3d", 20_000, 4),
    _model("Mesh Caster 3", "3d", 32_500, 4, since="2025-10-06"),
    _model("Rig & Pose", "3d", 9_000, 3),
    _model("Splat Garden", "3d", 14_000, 2, since="2026-07-01"),
    _model("Story Weaver", "text", 250, 6),
    _model("Prompt Spark", "text", 125, 9),
    _model("Lore Keeper 中文", "text", 500, 4),
    _model("unlisted-text-model", "text", 625, 2, known=False),
)
IDLE_MODEL = _model("Test Rig (never run)", "image", 1_000, 0)  # a row of zeros in every answer

TASTES = {
    "art": ("image",),
    "film": ("video", "video", "audio", "image"),
    "world": ("3d", "3d", "image"),
    "sound": ("audio", "text"),
    "words": ("text", "image"),
    "pipeline": ("image", "3d"),
    "any": ("image", "video", "audio", "3d", "text"),
}

OPERATIONS = (
    Operation("upscale", "image", 2_500, 20, "upscale", "upscale"),
    Operation("background-removal", "image", 750, 20, "remove-background", "background-removal"),
    Operation("captioning", "text", 500, 12, "caption", "img2txt"),
    Operation("vectorization", "image", 1_125, 6, "vectorize", "vectorization"),
    Operation("segmentation", "image", 250, 6, "segment", "segmentation-image"),
    Operation("detection", "json", 125, 4, "detection", "detection"),
    Operation("image-prompt-editing", "image", 3_500, 8, "image-prompt-editing", "img2img"),
    Operation("texture", "image", 4_000, 5, "texture", "texture"),
    Operation("pixelate", "image", 375, 3, "pixelate", "pixelization"),
    Operation("restyle", "image", 3_000, 3, "restyle", "restyle"),
    Operation("skybox-base-360", "image", 5_000, 2, "skybox-base-360", "skybox-base-360"),
    Operation("skybox-upscale-360", "image-hdr", 6_000, 1, "skybox-upscale-360", "skybox-hdri"),
    Operation("models-training", None, 85_000, 1, "model-training"),
    Operation("ip-detection", None, None, 6),
    Operation("custom-asset-created", "image", None, 8, None, "uploaded"),
    Operation("custom-asset-created", "document", None, 2, None, "uploaded-text"),
)

FREE_ACTIONS = (
    FreeAction("download-assets", "asset", None, 10),
    FreeAction("tag-asset", "asset", 0, 6),
    FreeAction("delete-asset", "asset", 0, 4),
    FreeAction("update-asset", "asset", None, 2),
    FreeAction("collection", "collection", None, 1),
    FreeAction("collection-assets", "collection", None, 4),
    FreeAction("update-model", "model", None, 2),
    FreeAction("tag-model", "model", 0, 1),
)

NSFW_LABELS = ("Explicit Nudity", "Suggestive", "Violence", "Visually Disturbing")
VERDICTS = ("pass", "warn", "fail")

GENERATIONS = {"image": "images-generation"}  # the action of every other kind is `custom`
REFUND = "refunds"
COUNTED = frozenset(
    {"images-generation", "custom", REFUND} | {operation.action for operation in OPERATIONS}
)
"""Actions that have a row in `usages`; the others are in the activity log only."""
