import os
import tomllib
from pathlib import Path

import pytest

from app.settings import SettingInvalid, SettingUnknown, explain, load_settings


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.upper().startswith("KEFU_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_defaults_hold_without_environment_and_file(tmp_path: Path) -> None:
    settings = load_settings()

    assert settings.server.port == 8620
    assert settings.llm.order == ("remote", "local", "extractive")
    assert settings.store_path == Path("var/store")
    assert {row.source for row in explain(settings)} == {"default"}


def test_the_environment_goes_before_the_file_and_each_value_knows_where_it_comes_from(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "kefu.toml").write_text("[retrieval]\nrrf_k = 30\ndepth = 40\n", encoding="utf-8")
    monkeypatch.setenv("KEFU_RETRIEVAL__RRF_K", "60")

    settings = load_settings()

    rows = {row.name: row for row in explain(settings)}
    assert (settings.retrieval.rrf_k, settings.retrieval.depth) == (60, 40)
    assert rows["retrieval.rrf_k"].source == "env"
    assert rows["retrieval.depth"].source == "file"
    assert rows["retrieval.top"].source == "default"


def test_a_byte_order_mark_and_a_chinese_path_in_the_file_are_read(tmp_path: Path) -> None:
    (tmp_path / "kefu.toml").write_bytes('\ufeffhome = "资料"\n'.encode())

    assert load_settings().home == Path("资料")


@pytest.mark.parametrize("value", ["local,extractive", '["local", "extractive"]'])
def test_a_list_is_given_with_commas_or_as_json(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("KEFU_LLM__ORDER", value)

    assert load_settings().llm.order == ("local", "extractive")


def test_paths_of_weights_are_given_as_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEFU_MODELS__PATHS", '{"multilingual-e5-small": "/weights/e5"}')

    assert load_settings().models.paths == {"multilingual-e5-small": Path("/weights/e5")}


def test_a_misspelt_variable_is_named_with_its_nearest_neighbour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEFU_RETRIVAL__RRF_K", "3")

    with pytest.raises(SettingUnknown, match=r"KEFU_RETRIVAL__RRF_K.*Did you mean KEFU_RETRIEVAL__RRF_K\?"):
        load_settings()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[server]\nprot = 1\n", r"server\.prot in kefu\.toml\. Did you mean server\.port\?"),
        ("zzz = 1\n", r"Unknown setting zzz in kefu\.toml\. `kefu settings` lists"),
    ],
)
def test_a_misspelt_name_in_the_file_is_refused(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "kefu.toml").write_text(content, encoding="utf-8")

    with pytest.raises(SettingUnknown, match=message):
        load_settings()


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("KEFU_RETRIEVAL__RRF_K", "many", r"retrieval\.rrf_k: input should be a valid integer.*KEFU_RETRIEVAL__RRF_K"),
        ("KEFU_SERVER__PORT", "70000", r"server\.port: input should be less than or equal to 65535"),
        ("KEFU_LLM__ORDER", "local,local", r"llm\.order: names a backend twice"),
        ("KEFU_LLM__ORDER", "local,cloud", r"llm\.order: .*Set it by KEFU_LLM__ORDER\."),
        ("KEFU_SCHEDULE__TIMEZONE", "Mars/Base", r"schedule\.timezone: is no IANA time zone"),
        ("KEFU_RETRIEVAL", "{", r"retrieval"),
    ],
)
def test_a_value_out_of_range_is_one_line_that_names_it(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, message: str
) -> None:
    monkeypatch.setenv(variable, value)

    with pytest.raises(SettingInvalid, match=message) as caught:
        load_settings()
    assert "\n" not in caught.value.message


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "kefu.toml").write_text("port =", encoding="utf-8")

    with pytest.raises(SettingInvalid, match=r"kefu\.toml is not valid TOML"):
        load_settings()


def test_secrets_are_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEFU_LLM__REMOTE__API_KEY", "sk-very-secret")

    settings = load_settings()

    shown = {row.name: row.value for row in explain(settings)}
    assert settings.llm.remote.api_key.get_secret_value() == "sk-very-secret"
    assert shown["llm.remote.api_key"] == "********"
    assert shown["models.remote.api_key"] == ""
    assert "very-secret" not in repr(settings)


def test_settings_cannot_be_changed_afterwards() -> None:
    settings = load_settings()

    with pytest.raises(ValueError, match="frozen"):
        settings.server.port = 1  # type: ignore[misc]


def test_sales_are_a_table_and_days_that_are_none_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "618,六一八" in load_settings().ingest.sale_periods
    monkeypatch.setenv("KEFU_INGEST__SALE_PERIODS", '{"店庆": "09-01/09-09"}')
    assert load_settings().ingest.sale_periods == {"店庆": "09-01/09-09"}
    monkeypatch.setenv("KEFU_INGEST__SALE_PERIODS", '{"店庆": "02-30/03-01"}')

    with pytest.raises(SettingInvalid, match=r"ingest\.sale_periods"):
        load_settings()


def test_every_setting_of_kept_answers_stands_in_the_example_with_its_default() -> None:
    example = tomllib.loads((Path(__file__).parents[2] / "kefu.example.toml").read_text(encoding="utf-8"))

    assert example["answer_cache"] == load_settings().answer_cache.model_dump()


def test_every_setting_of_hand_offs_and_webhooks_stands_in_the_example_with_its_default() -> None:
    example = tomllib.loads((Path(__file__).parents[2] / "kefu.example.toml").read_text(encoding="utf-8"))
    settings = load_settings()

    handoff = {**settings.handoff.model_dump(mode="json"), "timezone": "Asia/Shanghai"}  # shown, not the default
    assert example["handoff"] == handoff
    assert example["webhooks"] == settings.webhooks.model_dump()


@pytest.mark.parametrize("group", ["pictures", "voice"])
def test_every_setting_of_media_stands_in_the_example_with_its_default(group: str) -> None:
    example = tomllib.loads((Path(__file__).parents[2] / "kefu.example.toml").read_text(encoding="utf-8"))
    defaults = getattr(load_settings(), group).model_dump()

    assert example[group] == {
        name: list(value) if isinstance(value, tuple) else value for name, value in defaults.items()
    }


def test_shapes_of_numbers_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEFU_PICTURES__ORDER_NUMBERS", "W#######,@@-####")
    assert load_settings().pictures.order_numbers == ("W#######", "@@-####")
    monkeypatch.setenv("KEFU_PICTURES__ORDER_NUMBERS", "ORDER")

    with pytest.raises(SettingInvalid, match=r"pictures\.order_numbers.*# for a digit"):
        load_settings()
