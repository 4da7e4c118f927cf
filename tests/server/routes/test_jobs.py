def start(ask, photo, **query):
    answer = ask("POST", "/v1/render", photo, {"job": "true", **query})
    assert (answer.status_code, answer.headers["Location"]) == (202, f"/v1/jobs/{answer.json['job']}")
    return answer.json["job"]


def finish(helper, job):
    assert helper.jobs.get(job).wait(10)


def test_a_job_from_beginning_to_end(ask, photo, helper, retoucher):
    retoucher.gate.clear()
    job = start(ask, photo, format="png")
    second = start(ask, photo)
    assert retoucher.entered.wait(10)
    running, waiting = ask("GET", f"/v1/jobs/{job}").json, ask("GET", f"/v1/jobs/{second}").json
    assert (running["state"], running["ahead"], running["progress"]) == ("running", 0, 0.3)
    assert (waiting["state"], waiting["ahead"], waiting["progress"]) == ("waiting", 1, 0.0)
    assert ask("GET", f"/v1/jobs/{job}/result").json["code"] == "job_unfinished"
    retoucher.gate.set()
    finish(helper, job)
    done = ask("GET", f"/v1/jobs/{job}").json
    assert (done["state"], done["progress"], done["result"]["type"]) == ("done", 1.0, "image/png")
    for _ in range(2):
        result = ask("GET", f"/v1/jobs/{job}/result")
        assert len(result.data) == done["result"]["bytes"] and result.data.startswith(b"\x89PNG")
    assert ask("DELETE", f"/v1/jobs/{job}").status_code == 204
    assert ask("GET", f"/v1/jobs/{job}").json["code"] == "unknown_job"


def test_a_cancelled_job_leaves_nothing(ask, photo, helper, retoucher):
    retoucher.gate.clear()
    running = start(ask, photo)
    assert retoucher.entered.wait(10)
    waiting = start(ask, photo)
    jobs = [helper.jobs.get(job) for job in (running, waiting)]
    for job in (running, waiting):
        assert ask("DELETE", f"/v1/jobs/{job}").status_code == 204
    retoucher.gate.set()
    assert all(job.wait(10) for job in jobs)
    assert [job.state for job in jobs] == ["cancelled", "cancelled"]
    assert len(retoucher.calls) == 1
    assert list(helper.spool.folder.iterdir()) == []


def test_a_failed_job_tells_why_wherever_it_is_asked(ask, helper):
    job = start(ask, b"no photo")
    finish(helper, job)
    shown, result = ask("GET", f"/v1/jobs/{job}").json, ask("GET", f"/v1/jobs/{job}/result")
    assert shown["error"] == result.json and shown["result"] is None
    assert (result.status_code, result.json["code"]) == (422, "photo_refused")


def test_so_many_jobs_are_kept(ask, photo, helper, settings):
    for _ in range(settings.jobs):
        finish(helper, start(ask, photo))
    refused = ask("POST", "/v1/lut", photo, {"job": "true"})
    assert (refused.status_code, refused.json["code"]) == (429, "too_many_jobs")
    assert len(list(helper.spool.folder.iterdir())) == settings.jobs, "what was sent is not kept"
    assert ask("POST", "/v1/lut", photo).status_code == 200, "without a job it goes on"


def test_a_shoot_of_any_size_goes_through_where_each_result_is_fetched(ask, photo, helper, settings):
    for _ in range(settings.jobs + 3):
        job = start(ask, photo)
        finish(helper, job)
        assert ask("GET", f"/v1/jobs/{job}/result").status_code == 200
    assert ask("GET", f"/v1/jobs/{job}/result").status_code == 200, "may be asked for again"
