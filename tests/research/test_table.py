from lutbridge.research.table import markdown_table


def test_counts_are_whole_and_figures_have_two_digits():
    table = markdown_table({"a": {"photos": 3, "ΔE": 1.239}, "b": {"photos": 12, "ΔE": 10.0}}, "group")
    assert table.splitlines() == [
        "| group | photos | ΔE |",
        "|---|---:|---:|",
        "| a | 3 | 1.24 |",
        "| b | 12 | 10.00 |",
    ]


def test_no_rows_are_said_to_be_none():
    assert markdown_table({}, "group") == "(no photo for a table by group)"
