from __future__ import annotations

import pytest

from tests.gates import lint


@pytest.mark.timeout(600)
@pytest.mark.parametrize("step", lint.STEPS)
def test_the_code_passes(step: str) -> None:
    code, output = lint.run(step)
    assert code == 0, f"{step} failed; `./dev lint --fix` repairs what can be repaired:\n{output}"
