def test_shutting_down_is_passed_on(ask, helper):
    asked = []
    helper.stop = lambda: asked.append("stop")
    answer = ask("POST", "/v1/shutdown")
    assert (answer.status_code, asked) == (202, ["stop"])


def test_every_ticket_is_another(ask):
    paths = {ask("POST", "/v1/tickets").json["path"] for _ in range(3)}
    assert len(paths) == 3 and all(path.startswith("/open?ticket=") for path in paths)
