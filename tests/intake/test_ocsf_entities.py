from __future__ import annotations

from pullcord.intake.ocsf_entities import entities, mapping, mappings, text, user


def test_shapes() -> None:
    assert mapping(5) == {}
    assert mappings([{}, 5]) == [{}]
    assert mappings("x") == []
    assert text({"a": "", "b": 5, "c": "x"}, "a", "b", "c") == "x"


def test_user_of_finding_or_evidence() -> None:
    evidence = [{"actor": {"user": {"uid": "u1"}}}]
    assert user({"actor": {"user": {"name": "n"}}}, evidence) == "n"
    assert user({}, evidence) == "u1"
    assert user({}, []) is None


def test_entities_once_each_in_order() -> None:
    evidence = [
        {"src_endpoint": {"ip": "192.0.2.1"}, "dst_endpoint": {"hostname": "PLC-1"}},
        {"file": {"path": "/srv/x"}, "url": {"url_string": "http://a.example"}, "user": {"name": "Bob"}},
    ]
    data = {
        "observables": [{"type_id": 2, "value": "192.0.2.1"}, {"type_id": 8, "value": "AA"}, {"type_id": 77}]
    }
    assert entities(data, {"hostname": "plc-1"}, evidence) == (
        "host:plc-1",
        "address:192.0.2.1",
        "user:bob",
        "file:/srv/x",
        "url:http://a.example",
        "hash:aa",
    )


def test_floods_are_bounded() -> None:
    data = {"observables": [{"type_id": 1, "value": str(n)} for n in range(1000)]}
    assert len(entities(data, {}, [])) == 200
