// The files that `factloom init` writes, named relative to the new dataset. A test compares this list with the directory.
&[
    ("factloom.json", include_str!("tutorial/pump-house/factloom.json")),
    ("sources/pump-house.txt", include_str!("tutorial/pump-house/sources/pump-house.txt")),
    ("vocabulary.ttl", include_str!("tutorial/pump-house/vocabulary.ttl")),
    ("entities.json", include_str!("tutorial/pump-house/entities.json")),
    ("facts.json", include_str!("tutorial/pump-house/facts.json")),
    ("factloom.lock", include_str!("tutorial/pump-house/factloom.lock")),
    ("rules/located-in.rq", include_str!("tutorial/pump-house/rules/located-in.rq")),
    ("queries/what-happened-when.rq", include_str!("tutorial/pump-house/queries/what-happened-when.rq")),
    ("queries/what-is-in.rq", include_str!("tutorial/pump-house/queries/what-is-in.rq")),
    (
        "tests/queries/what-happened-when.csv",
        include_str!("tutorial/pump-house/tests/queries/what-happened-when.csv"),
    ),
    ("tests/queries/what-is-in.csv", include_str!("tutorial/pump-house/tests/queries/what-is-in.csv")),
    ("style.json", include_str!("tutorial/pump-house/style.json")),
]
