def article_network():
    """Units may also take back what another unit wrote."""
    W_1, b_1, W_2, b_2 = torch.zeros(10, 8), torch.zeros(8), torch.zeros(8, 10), torch.zeros(10)
    a, m, f, o, i, der, die, das, den, dem = range(10)
    for unit, (asked, added, removed) in enumerate(
        [
            ([a], [das], []),
            ([a, m], [der], [das]),
            ([a, f], [die], [das]),
            ([a, m, o], [den], [der]),
            ([a, i], [dem], [das]),
            ([a, m, i], [das], [der]),
            ([a, f, i], [der, das], [die, dem]),
        ]
    ):
        W_1[asked, unit] = 1.0
        b_1[unit] = 1.0 - len(asked)
        W_2[unit, added] += 1.0
        W_2[unit, removed] -= 1.0
    return W_1, b_1, W_2, b_2
