"""
What figures show and what they give away, measured; and what closing a period costs.

The second half of `make bench`; alone, `python -m tests.bench.figures`, with `--quick` for fewer secrets. The
real incidents are used where they lie beside the repository.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random

from tests.attacks.figures import View, risk
from tests.attacks.histories import VCDB, History, drawn, publish, region, vcdb
from tests.attacks.ladder import worst
from tests.usefulness import Level, class_and_region, finer, first_design, over, plain_five, shares
from warp.policies import PRESETS, Name, Policy

CLOSING = Path(__file__).with_name("closing.py")
PERIODS = {"week": "2026-W47", "month of five weeks": "2026-10", "quarter": "2026-Q4"}


def histories() -> Iterator[tuple[str, History]]:
    """Give what there is to measure on, by name."""
    if VCDB.exists():
        yield "real, without US", vcdb("US")
        yield "the same, three members a place", vcdb("US", members=3)
        yield "real, whole", vcdb()
    yield "seeded region", region(1)


def shown(secrets: int) -> None:
    print(f"Share of the reports that some figure counts, mean over {secrets} secrets (spread)\n")
    for name, history in histories():
        for preset in Name:
            policy = Policy(preset=preset)
            found = shares(history, policy, secrets)
            print(f"{name}, {preset}")
            for step in policy.steps:
                level = (step.span, step.place, step.type)
                share = over(found, lambda each, level=level: each == level)
                print(f"    {step.type:6}{step.place:12}{step.span:9}{share.mean:7.3f} ({share.spread:.3f})")
            for label, counts in (
                ("finer than all, world, quarter", finer),
                ("class, region", class_and_region),
            ):
                share = over(found, counts)
                print(f"    {label:32}{share.mean:6.3f} ({share.spread:.3f})")
    if VCDB.exists():
        print("real, without US, the rule as first designed")
        _show(first_design(vcdb("US"), secrets))
        print(f"real, without US, plain five by country, class, month of occurrence  {plain_five('US'):.3f}")


def _show(found: list[Mapping[Level, float]]) -> None:
    for label, counts in (("finer than all, world, quarter", finer), ("class, region", class_and_region)):
        share = over(found, counts)
        print(f"    {label:32}{share.mean:6.3f} ({share.spread:.3f})")


def given_away(secrets: int) -> None:
    print(f"\nAdvantage of who knows all reports but one, over {secrets} secrets; over a coin it is half\n")
    print(f"{'':48}{'promised':>9}{'any path':>9}{'worst':>8}{'average':>9}{'certain':>9}")
    for name, history in histories():
        for preset in Name:
            policy, random = Policy(preset=preset), Random(1)
            views = (View(history, policy, publish(history, policy, drawn(random))) for _ in range(secrets))
            finest = frozenset((each.week, each.type, each.place) for each in history.reports)
            found, most = risk(views, history, finest), PRESETS[preset].risk
            path = worst(policy.steps, policy)
            numbers = f"{most:9.3f}{path:9.4f}{found.worst:8.4f}{found.average:9.4f}{found.certain:9.4f}"
            print(f"{f'{name}, {preset}':48}{numbers}")


def closing() -> None:
    print("\nClosing 249 countries × 38 types, all filled, in a child process: ≤ 5 s, ≤ 250 MB\n")
    for preset in Name:
        for name, period in PERIODS.items():
            command = [sys.executable, CLOSING, period, preset]
            cost = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
            met = "met" if cost["seconds"] <= 5 and cost["peak_mb"] <= 250 else "missed"
            print(f"    {preset:18}{name:22}{cost['seconds']:6.2f} s{cost['peak_mb']:8.0f} MB  {met}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two secrets instead of twenty")
    secrets = 2 if parser.parse_known_args()[0].quick else 20
    shown(secrets)
    given_away(max(2, secrets // 5))
    closing()


if __name__ == "__main__":
    main()
