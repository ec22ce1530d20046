"""Localisation and verdicts on labelled agent traces, leave one environment out: ``./dev bench investigation``.

For each environment the weights are learned on the others' single sessions and written to a file; the product reads
that file and explains the left-out sessions, single and spliced (so nothing is tested on sessions it was trained on).
``--train OUT`` then writes the weights that ship, learned on everything; their figures on their own training data say
nothing and are not shown.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))


def main() -> None:
    """Run the folds, print the table, and train the shipped weights if asked."""
    from bench.investigation.load import SETS, Labelled, read_set

    parser = argparse.ArgumentParser(prog="./dev bench investigation", description=__doc__)
    parser.add_argument(
        "--data", type=Path, required=True, help="folder with traces-*.otlp.jsonl.zst and truth"
    )
    parser.add_argument(
        "--eval", type=Path, help="score_traces.py (default: DATA/../../eval/score_traces.py)"
    )
    parser.add_argument(
        "--train", type=Path, metavar="OUT", help="also learn from everything, write weights here"
    )
    parser.add_argument("--train-only", action="store_true", help="with --train: skip the folds")
    options = parser.parse_args()
    data: dict[str, list[Labelled]] = {name: read_set(options.data, name) for name in SETS}
    if not options.train_only:
        scorer = _module(options.eval or options.data / "../../eval/score_traces.py")
        for without_words in (False, True):
            _folds(data, scorer, without_words=without_words)
    if options.train:
        _ship(data["single"], options.train)


def _folds(data: dict[str, list[Any]], scorer: ModuleType, *, without_words: bool) -> None:
    from bench.investigation.predict import behaviour, predict
    from bench.investigation.train import prepare, train
    from pullcord.investigation.ranking import Ranker

    lines: dict[str, list[str]] = {name: [] for name in data}
    spent: dict[str, list[float]] = {name: [] for name in data}
    for group in sorted({item.group for item in data["single"]}):
        others = prepare([i for i in data["single"] if i.group != group], without_words=without_words)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "pairs.json"
            _write(path, train(others, without_words=without_words))
            ranker = Ranker.from_bytes(path.read_bytes())
        for name, items in data.items():
            for item in items:
                if item.group == group:
                    begun = time.process_time()
                    lines[name].append(predict(ranker, item.session, without_words=without_words))
                    spent[name].append(time.process_time() - begun)
    title = "instruction words zeroed" if without_words else "all features"
    print(f"\nLeave one environment out, {title}")
    print(HEAD)
    for name, items in data.items():
        _row(name, items, lines[name], scorer, spent[name])
    if not without_words:
        print("\nBehaviour detector (nothing learned): sessions with at least one finding")
        for name, items in data.items():
            print(f"{name:<7}{behaviour(items)}")


HEAD = (
    f"{'set':<7}{'origin':>7}{'action':>7}{'joint':>7}{'top-3':>7}  joint by group     AUROC attempted  benign"
    f"     ECE  false: benign attempted  recall  ms/trace"
)


def _row(name: str, items: list[Any], lines: list[str], scorer: ModuleType, spent: list[float]) -> None:
    truth = [
        json.dumps(
            {
                "trace_id": item.session.trace_id,
                "label": item.label,
                "group": item.group,
                "origin_span_ids": sorted(item.origins),
                "action_span_ids": sorted(item.actions),
            }
        )
        for item in items
    ]
    predictions, problems = scorer.read_predictions(lines)
    result = scorer.score(scorer.read_cases(truth, predictions))
    place, groups = result["localisation"], result["localisation_by_group"]
    by_group = " ".join(f"{g} {v['joint_top1']:.3f}" for g, v in groups.items())
    attempted, benign = result["auroc_landed_vs_attempted"], result["auroc_landed_vs_benign"]
    print(
        f"{name:<7}{place['origin_top1']:>7.3f}{place['action_top1']:>7.3f}{place['joint_top1']:>7.3f}"
        f"{place['joint_top3']:>7.3f}  {by_group:<18} {attempted['pooled']:.3f} ({attempted['worst_group']:.3f})"
        f"  {benign['pooled']:.3f} ({benign['worst_group']:.3f})  {result['ece_joint']:.3f}"
        f"  {result['false_succeeded_benign']:>12.3f} {result['false_succeeded_attempted']:>9.3f}"
        f"  {result['recall_succeeded_landed']:>6.3f}  {1000 * sum(spent) / len(spent):>8.1f}",
        flush=True,
    )
    print("       " + json.dumps(result["verdicts"]))
    if problems:
        print(f"       {len(problems)} unusable lines, first: {problems[0]}")


def _ship(items: list[Any], path: Path) -> None:
    from bench.investigation.train import prepare, train

    _write(path, train(prepare(items)))
    print(f"\nwrote {path}")


def _write(path: Path, weights: Any) -> None:  # noqa: ANN401  (Weights; imported late, after the path is set)
    import msgspec

    path.write_bytes(msgspec.json.encode(weights) + b"\n")


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("score_traces", path)
    if spec is None or spec.loader is None:
        sys.exit(f"{path}: not a Python file; name the scorer with --eval")
    module = importlib.util.module_from_spec(spec)
    sys.modules["score_traces"] = module
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
