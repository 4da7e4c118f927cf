"""What a step frees is there for the next, where the C library is glibc."""

import platform
import subprocess
import sys

import pytest

MEASURE = """
import resource, sys, torch
from lutbridge.train.memory import keep_freed_memory
if sys.argv[1] == "kept":
    keep_freed_memory()
torch.set_num_threads(1)
for _ in range(10):
    torch.zeros(2**24)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(10):
    torch.zeros(2**24)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library is left as it is")
def test_large_blocks_are_not_fresh_pages_each_time():
    def faults(how):
        ran = subprocess.run([sys.executable, "-c", MEASURE, how], capture_output=True, text=True, check=True)
        return int(ran.stdout)

    assert faults("kept") < 0.1 * faults("as it comes")
