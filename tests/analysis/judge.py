"""Compares what factloom says of a graph with what networkx says: a JSON document on stdin, differences as failed assertions."""

import json
import sys

import networkx as nx

told = json.load(sys.stdin)
graph = nx.DiGraph()
graph.add_nodes_from(told["nodes"])
graph.add_edges_from(map(tuple, told["edges"]))
both = nx.Graph(graph)
both.remove_edges_from(list(nx.selfloop_edges(both)))

scores = {
    "pagerank": nx.pagerank(graph, tol=1e-12, max_iter=1000),
    "betweenness": nx.betweenness_centrality(graph),
    "closeness": nx.closeness_centrality(graph),
    "degree": dict(graph.degree()),
}
for by, expected in scores.items():
    ours = {row["id"]: row[by] for row in told["ranks"][by]}
    assert ours.keys() == expected.keys(), (by, ours.keys() ^ expected.keys())
    for node, score in expected.items():
        assert abs(ours[node] - score) < 1e-6, (by, node, ours[node], score)
    listed = [row[by] for row in told["ranks"][by]]
    assert listed == sorted(listed, reverse=True), by
for row in told["ranks"]["degree"]:
    assert row["in"] == graph.in_degree(row["id"]) and row["out"] == graph.out_degree(row["id"]), row


def sets(components):
    return sorted(sorted(component) for component in components)


assert sets(c["entities"] for c in told["weak"]) == sets(nx.weakly_connected_components(graph))
assert sets(c["entities"] for c in told["strong"]) == sets(nx.strongly_connected_components(graph))
assert sets(b["entities"] for b in told["bridges"]) == sets(nx.bridges(both))
assert sorted(p["id"] for p in told["points"]) == sorted(nx.articulation_points(both))

for asked in told["paths"]:
    where = graph if asked["direction"] == "out" else both
    start, end, most = asked["from"], asked["to"], asked["max_length"]
    if most is not None:
        expected = list(nx.all_simple_paths(where, start, end, cutoff=most))
    elif nx.has_path(where, start, end):
        expected = list(nx.all_shortest_paths(where, start, end))
    else:
        expected = []
    assert sorted(asked["found"]) == sorted(expected), (asked, expected)
    lengths = [len(path) for path in asked["found"]]
    assert lengths == sorted(lengths), asked
print("ok", len(graph), graph.number_of_edges(), len(told["paths"]))
