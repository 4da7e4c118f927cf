"""Programs that lutbridge's files are opened in. Without them these tests fail; `make test-hosts` installs them."""

import shutil

import pytest
from playwright.sync_api import sync_playwright

from .helper_process import Helper

OFFLINE = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]


@pytest.fixture(scope="session")
def launch():
    """Starts a headless Chromium with further arguments."""
    with sync_playwright() as playwright:
        browsers = []

        def start(*arguments):
            # --no-sandbox: root, as in containers, may not use it; what is opened here is ours.
            arguments = ["--no-sandbox", "--disable-dev-shm-usage", *OFFLINE, *arguments]
            path = shutil.which("chromium")
            assert path, "chromium is not installed"
            browsers.append(playwright.chromium.launch(executable_path=path, args=arguments))
            return browsers[-1]

        yield start
        for browser in browsers:
            browser.close()


@pytest.fixture(scope="session")
def chromium(launch):
    return launch()


@pytest.fixture(scope="session")
def helper(tmp_path_factory):
    """One helper for all plug-in tests that need nothing special."""
    helper = Helper(tmp_path_factory.mktemp("runtime"))
    helper.start()
    yield helper
    helper.stop()
