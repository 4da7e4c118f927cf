"""One LUT for each group of a matched shoot, beside the LUTs of its photos."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from lutbridge.cli.output import put_json, say
from lutbridge.cli.settings import BatchSettings
from lutbridge.errors import PhotoError, SetupError, UsageError

if TYPE_CHECKING:
    from lutbridge.batch.manifest import Manifest
    from lutbridge.group.find import FoundGroup
    from lutbridge.shoot import MatchedGroup, Shoot

MOST_NAME = 60  # characters of a group's name in a file name: the last ones, as they tell folders apart
MOST_LISTED = 20  # takes named with the preset's error on them


@dataclass
class Presets:
    """Plans the files before the first byte is written, and writes them when the takes are done.

    Attributes:
        settings: of the batch, whose photos are matched.
        grid_size: M.
        format_name: a key of `lut.formats.FORMATS`.
        planned: path → group, of the LUTs that will be written.
    """

    settings: BatchSettings
    grid_size: int
    format_name: str = "cube"
    planned: "dict[Path, MatchedGroup | FoundGroup]" = field(default_factory=dict)

    @property
    def suffix(self) -> str:
        """Of the LUTs' files."""
        from lutbridge.lut.formats import FORMATS

        return FORMATS[self.format_name].suffixes[0]

    def are_made(self, manifest: "Manifest") -> bool:
        """Whether an earlier run has written LUTs of groups, and they are as it left them."""
        made = [path for path in manifest.results() if path.suffix == self.suffix and manifest.entry(path) is None]
        return bool(made) and all(manifest.made(path) for path in made)

    def plan(self, groups: "Sequence[MatchedGroup | FoundGroup]", taken: Sequence[Path], manifest: "Manifest") -> None:
        """Names the files.

        Args:
            groups: of more than one take.
            taken: paths of the takes' own LUTs.
            manifest: files in it may be replaced.

        Raises:
            UsageError: a file is there already, or a take's own LUT would have the name.
        """
        stems = ["group"] if len(groups) == 1 else [f"group-{_plain(group.name)}" for group in groups]
        names = [stem + self.suffix for stem in stems]
        keys = {str(path).casefold() for path in taken}  # some file systems do not tell A from a
        for name, group in zip(names, groups, strict=True):
            path = self.settings.output.folder / name
            if str(path).casefold() in keys:
                raise UsageError(f"{path}: a photo and a group would both write this file; rename one of them")
            keys.add(str(path).casefold())
            is_strange = os.path.lexists(path) and not manifest.made(path)
            if is_strange and self.settings.output.existing == "refuse":
                raise UsageError(
                    f"{path}: already exists; choose another folder with -o, or add --existing skip or overwrite"
                )
            if not (is_strange and self.settings.output.existing == "skip"):
                self.planned[path] = group

    def write(self, shoot: "Shoot", manifest: "Manifest") -> SetupError | None:
        """Writes them, and says what each loses; returns what stopped it, if something did."""
        for path, group in self.planned.items():
            try:
                losses = self._write_one(path, group, shoot, manifest)
            except PhotoError as error:
                return SetupError(str(error))
            self._tell(path, group, losses)
        return None

    def _write_one(self, path, group, shoot, manifest):
        from lutbridge.batch.origin import Origin
        from lutbridge.batch.recording import may_replace
        from lutbridge.files import atomic_write
        from lutbridge.lut.formats import FORMATS

        format_, settings = FORMATS[self.format_name], self.settings
        size, strength = format_.grid_size_for(self.grid_size), settings.strength
        lut, losses = shoot.group_lut(group, size, strength)
        origin = Origin(settings.input.encoding, is_reduced=True)  # as photos are read to be matched
        comments = origin.of_group(shoot, group.photos, settings.matching.reference, size, strength, losses)
        data, replace = format_.to_bytes(lut, comments), may_replace(manifest, settings.output.existing)(path)
        atomic_write(path, data, lambda file: file.read() == data, replace)
        manifest.wrote(path)
        return losses

    def _tell(self, path, group, losses):
        by_loss = sorted(zip(losses, group.photos, strict=True), key=lambda pair: -pair[0])
        if self.settings.output.as_json:
            delta_e = {str(source): round(loss, 3) for loss, source in by_loss}
            put_json({"type": "preset", "group": group.name, "output": str(path), "delta_e": delta_e})
            return
        mean = sum(losses) / len(losses)
        say(f"{path}: one LUT for {len(losses)} photos; mean ΔE2000 from their own renders: {mean:.1f}")
        for loss, source in by_loss[:MOST_LISTED]:
            say(f"  {loss:4.1f}  {source.name}")
        if len(by_loss) > MOST_LISTED:
            say(f"  at most {by_loss[MOST_LISTED][0]:.1f} on the other {len(by_loss) - MOST_LISTED}")


def _plain(name: str) -> str:
    """A group's name as part of a file's: letters, digits, dots, dashes and underscores of any script."""
    return re.sub(r"[^\w.-]+", "-", name)[-MOST_NAME:].strip("-.") or "unnamed"
