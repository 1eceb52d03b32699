import pytest

from app.cli.listening import is_loopback


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.0.1", "::1"])
def test_a_loopback_address_is_reached_from_this_machine_alone(address):
    assert is_loopback(address)


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.168.1.5"])
def test_any_other_address_is_reached_from_outside(address):
    assert not is_loopback(address)
