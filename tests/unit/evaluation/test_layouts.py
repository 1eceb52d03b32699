import pytest

from app.evaluation.errors import DatasetUnreadable, LayoutUnknown
from app.evaluation.layouts import layout_of

GOLDEN = '{"id":"a","text":"x","type":"unanswerable","must_include":[]}\n'


def write(folder, **files):
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)


def retrieval(folder, query='{"_id":"q","text":"x"}'):
    write(folder, corpus__jsonl='{"_id":"d","text":"x"}\n', queries__jsonl=f"{query}\n", qrels__tsv="q\td\t1\n")


def test_a_judged_search_is_known_by_its_three_files(tmp_path):
    retrieval(tmp_path)

    assert layout_of(tmp_path).parts == ("retrieval",)
    assert [path.name for path in layout_of(tmp_path).files] == ["queries.jsonl", "qrels.tsv", "corpus.jsonl"]


def test_a_folder_may_hold_several_parts(tmp_path):
    retrieval(tmp_path, '{"_id":"q","text":"x","type":"single","must_include":["y"],"answers":["y"]}')
    write(tmp_path, zh_int__jsonl="", en_fact__jsonl="")

    assert layout_of(tmp_path).parts == ("retrieval", "answers", "reading", "zh_int", "en_fact")
    assert layout_of(tmp_path, only=["en_fact", "answers"]).parts == ("answers", "en_fact")


def test_golden_files_are_taken_in_order_and_files_without_expectations_are_not(tmp_path):
    write(tmp_path, queries_b__jsonl=GOLDEN, queries_a__jsonl=GOLDEN, queries_c__jsonl='{"id":"x"}\n', README__md="")

    found = layout_of(tmp_path)

    assert found.parts == ("answers",)
    assert [path.name for path in found.golden] == ["queries_a.jsonl", "queries_b.jsonl"]


@pytest.mark.parametrize("name", ["queries.jsonl", "corpus.jsonl"])
def test_judgements_without_the_rest_are_told(tmp_path, name):
    retrieval(tmp_path)
    (tmp_path / name).unlink()

    with pytest.raises(DatasetUnreadable, match=rf"has qrels\.tsv but no {name}"):
        layout_of(tmp_path)


def test_a_folder_that_is_not_there_or_is_a_file_is_told(tmp_path):
    with pytest.raises(DatasetUnreadable, match="is not there; check the path"):
        layout_of(tmp_path / "none")
    write(tmp_path, zh_int__jsonl="")
    with pytest.raises(DatasetUnreadable, match="is a file; name the folder"):
        layout_of(tmp_path / "zh_int.jsonl")


def test_an_empty_folder_and_one_of_no_layout_say_what_was_found_and_expected(tmp_path):
    with pytest.raises(LayoutUnknown, match=r"holds nothing, and no question set\. Expected corpus\.jsonl with"):
        layout_of(tmp_path)
    write(tmp_path, notes__md="", **{f"f{n}__txt": "" for n in range(6)})
    with pytest.raises(LayoutUnknown, match=r"holds f0\.txt, f1\.txt, .* and 2 more, and no question set"):
        layout_of(tmp_path)


def test_a_part_that_is_not_there_is_told_with_those_that_are(tmp_path):
    write(tmp_path, zh_int__jsonl="")

    with pytest.raises(LayoutUnknown, match="holds zh_int, not answers"):
        layout_of(tmp_path, only=["answers"])
    with pytest.raises(LayoutUnknown, match="not zh_int, nonsense"):
        layout_of(tmp_path, only=["zh_int", "nonsense"])
