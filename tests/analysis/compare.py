"""Compares analyses of factloom, a JSON document on stdin, with those of networkx; fails on a difference."""

import json
import sys

import networkx as nx
from networkx.algorithms.link_analysis.pagerank_alg import _pagerank_python

report = json.load(sys.stdin)
graph = nx.DiGraph()
graph.add_nodes_from(report["nodes"])
graph.add_edges_from(map(tuple, report["edges"]))
both = nx.Graph(graph)
both.remove_edges_from(list(nx.selfloop_edges(both)))

scores = {
    # The implementation without numpy.
    "pagerank": _pagerank_python(graph, tol=1e-12, max_iter=1000),
    "betweenness": nx.betweenness_centrality(graph),
    "closeness": nx.closeness_centrality(graph),
    "degree": dict(graph.degree()),
}
for by, expected in scores.items():
    actual = {row["id"]: row[by] for row in report["ranks"][by]}
    assert actual.keys() == expected.keys(), (by, actual.keys() ^ expected.keys())
    for node, score in expected.items():
        assert abs(actual[node] - score) < 1e-6, (by, node, actual[node], score)
    listed = [row[by] for row in report["ranks"][by]]
    assert listed == sorted(listed, reverse=True), by
for row in report["ranks"]["degree"]:
    assert row["in"] == graph.in_degree(row["id"]) and row["out"] == graph.out_degree(row["id"]), row


def sets(components):
    return sorted(sorted(component) for component in components)


assert sets(c["entities"] for c in report["weak"]) == sets(nx.weakly_connected_components(graph))
assert sets(c["entities"] for c in report["strong"]) == sets(nx.strongly_connected_components(graph))
assert sets(b["entities"] for b in report["bridges"]) == sets(nx.bridges(both))
assert sorted(p["id"] for p in report["points"]) == sorted(nx.articulation_points(both))

for search in report["paths"]:
    searched = graph if search["direction"] == "out" else both
    start, end, max_length = search["from"], search["to"], search["max_length"]
    if max_length is not None:
        expected = list(nx.all_simple_paths(searched, start, end, cutoff=max_length))
    elif nx.has_path(searched, start, end):
        expected = list(nx.all_shortest_paths(searched, start, end))
    else:
        expected = []
    assert sorted(search["found"]) == sorted(expected), (search, expected)
    lengths = [len(path) for path in search["found"]]
    assert lengths == sorted(lengths), search
print("ok", len(graph), graph.number_of_edges(), len(report["paths"]))
