"""What the user sees of a training run: its data, progress and result."""

import time
from pathlib import Path

import click

from lutbridge.cli.output import say
from lutbridge.errors import as_typed

INTERVAL = 15.0  # seconds between two lines that say how far a run is
FEW = 3  # with fewer held-out pairs, figures mean little
MOST_NAMED = 10  # skipped files that are named one by one
SHEET, LEFT_OUT = "sheet.jpg", "left-out.txt"  # in the run's folder


class Told:
    """A run's lines on stderr; with `quiet`, none."""

    def __init__(self, task, output: Path, quiet: bool):
        self._config, self._task, self._output, self._quiet = task.training_config, task, output, quiet
        self._looked_at, self._last_looked = 0, time.monotonic()
        self._started = self._last = None  # time and share of the run at the first reported step, and time of the last

    @property
    def _start(self) -> str:
        return Path(self._task.start).stem or "a fresh network"

    def fit(self) -> None:
        say("Fitting your look; this can take a minute.")

    def found(self, summary) -> None:
        """The data to learn from."""
        learned, held, left_out = summary.learned, summary.held, summary.left_out
        pairs, shoots = learned + held, len({pair.group for pair in learned + held})
        say(f"Pairs: {len(pairs)} found that line up" + (f"; {len(left_out)} left out:" if left_out else "."))
        for sentence in left_out[:MOST_NAMED]:
            say(f"  {sentence}")
        if len(left_out) > MOST_NAMED:
            self._list(left_out)
        of = "one shoot" if shoots == 1 else f"{shoots} shoots"
        say(f"From {of}: {_counted(len(learned), 'pair')} for training, {len(held)} held out for validation.")
        if shoots > 1 and all(pair.group == pair.name for pair in pairs):
            say("Each photo counts as a shoot of its own, as subfolders or times do not say which belong together.")
        if len(held) < FEW:
            say("Too few for reliable figures below. Add more shoots, or put each shoot in its own subfolder.")
        if summary.distances:
            self._distances(summary.distances)

    def _list(self, left_out):
        from lutbridge.files import atomic_write

        path = self._output / LEFT_OUT
        atomic_write(path, "".join(f"{sentence}\n" for sentence in left_out).encode())
        say(f"  and {len(left_out) - MOST_NAMED} more; see {path} for all")

    def _distances(self, distances):
        (came, came_delta), (start, start_delta) = distances.untouched, distances.start
        say(
            f"Compared with your edits: the originals {came:.1f} dB (mean ΔE {came_delta:.1f}), {self._start} "
            f"{start:.1f} dB (ΔE {start_delta:.1f}). Higher dB and lower ΔE are closer."
        )
        if distances.fitted:
            psnr, delta_e = distances.fitted
            say(
                f"Your look, fitted on top of {self._start}: {psnr:.1f} dB (ΔE {delta_e:.1f}) before any training. "
                "Training may add a little, and stops by itself when it no longer improves."
            )

    def looked(self) -> None:
        self._looked_at += 1
        now = time.monotonic()
        if now - self._last_looked >= INTERVAL and not self._quiet:
            self._last_looked = now
            say(f"{self._looked_at} photos analysed")

    def step(self, step: int, share: float) -> None:
        """A line now and then that says how long it will take."""
        from lutbridge.cli.progress import duration

        now = time.monotonic()
        self._started, self._last = self._started or (now, share), self._last or now
        if now - self._last < INTERVAL or self._quiet:
            return
        self._last, (since, from_share) = now, self._started
        left = (now - since) * (1 - share) / (share - from_share)
        say(f"step {step}, {share:.0%} done, at most {duration(left)} left")

    def line(self, line: dict) -> None:
        """A line of the log: the gain, where photos judge; the loss, if none do."""
        from lutbridge.cli.progress import duration

        config = self._config
        parts = [f"step {line['step']}" + (f" of {config.steps}" if config.steps else f", epoch {line['epoch']:.2f}")]
        if "held-out gain" in line:
            parts.append(self._gain(line))
        else:
            told = ("step", "epoch", "seconds", "best", "best step")
            loss = sum(value for name, value in line.items() if name not in told and "held" not in name)
            parts.append(f"loss {loss:.5f}")
            parts += [f"{name} {value:.2f}" for name, value in line.items() if "held-out" in name]
        say(", ".join([*parts, duration(line["seconds"])]))

    def _gain(self, line):
        figures = [f"{line['held-out PSNR']:.1f} dB"]
        if "held-out PSNR of takes" in line:
            figures.append(f"{line['held-out PSNR of takes']:.1f} dB on degraded photos")
        if line.get("best step") == line["step"]:
            figures.append("best so far")
        elif "best step" in line:
            figures.append(f"best: {line['best']:+.2f} dB at step {line['best step']}")
        return f"{line['held-out gain']:+.2f} dB over {self._start} on held-out photos ({'; '.join(figures)})"

    def close(self, outcome) -> int:
        """Prints the outcome and what to type next; returns the exit code."""
        from lutbridge.cli.failures import EXIT_INTERRUPTED

        if self._quiet:
            return 0
        if outcome.end == "stopped":
            made = _counted(outcome.step, "step")
            say(f"Stopped after {made}; continue with: lutbridge train --resume -o {as_typed(self._output)}")
            return EXIT_INTERRUPTED
        why = "validation no longer improved" if outcome.end == "no gain" else "the set limit was reached"
        kept = f"step {outcome.kept}" if outcome.kept else "step 0: the fitted look, which training did not improve"
        say(f"Finished after {_counted(outcome.step, 'step')}: {why}. The model is from {kept}.")
        if self._task.before:
            taught, name = self._report(outcome), self._output.resolve().name
            say("Next:" if taught else "Next: train again with other pairs. To use this style all the same:")
            say(f"  lutbridge models add {as_typed(self._output)} --name {as_typed(name)}")
            say(f"  lutbridge render PHOTOS --model {as_typed(name)} -o DIR")
        else:
            say(f"Measure it: lutbridge evaluate --models {as_typed(self._output)} --data DIR")
        click.echo(outcome.model)
        return 0

    def _report(self, outcome):
        """The figures on held-out pairs, the controls, and the sheet; returns whether all controls are beaten."""
        if not outcome.held:
            say("Nothing was held out, so the quality has not been measured.")
            return True
        from lutbridge.research.style_report import report
        from lutbridge.research.style_sheet import write_style_sheet
        from lutbridge.research.systems import model
        from lutbridge.train.learner import start_of
        from lutbridge.train.networks import checkpoint

        result, start = checkpoint.read(outcome.model).network, start_of(self._output, self._task)
        taught = True
        if start is not None:
            say("Comparing the result with your edits and with the controls; this can take a minute.")
            found = report(result, start, outcome.learned, outcome.held, self._task.look_only)
            taught = not found.failed
            say(found.words(self._start))
        sheet = self._output / SHEET
        write_style_sheet(sheet, model(result), outcome.held)
        say(f"Original, your edit and the result side by side: {sheet}")
        return taught


def _counted(count, noun):
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
