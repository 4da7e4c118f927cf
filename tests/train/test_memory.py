"""What a step frees is there for the next, and afterwards for others, where the C library is glibc."""

import platform
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library is left as it is")

START = """
import resource, torch
from lutbridge.train.memory import kept_memory, outside
torch.set_num_threads(1)
def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(10):
        torch.zeros(2**24)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096 / 2**20
"""


def found(code):
    ran = subprocess.run([sys.executable, "-c", START + code], capture_output=True, text=True, check=True)
    return [float(value) for value in ran.stdout.split()]


def test_large_blocks_are_not_fresh_pages_each_time():
    plain, _, kept, judged, again, after = found("""
print(faults())
with kept_memory():
    print(faults(), faults(), outside(faults)(), (faults(), faults())[1])
print(faults())
""")
    assert kept < 0.1 * plain and again < 0.1 * plain
    assert judged > 0.5 * plain and after > 0.5 * plain


def test_what_was_kept_is_given_back():
    before, within, after = found("""
print(resident())
with kept_memory():
    tensors = [torch.ones(2**22) for _ in range(20)]
    last = torch.ones(1000)
    del tensors
    print(resident())
print(resident())
""")
    assert within > before + 250 and after < before + 100, "MiB"
