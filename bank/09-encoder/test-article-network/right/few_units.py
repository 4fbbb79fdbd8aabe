def article_network() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    # columns: masculine subject, feminine indirect, feminine otherwise, neuter otherwise, masculine object, dem
    W_1 = torch.tensor(
        [
            [3.0, 5.0, 2.0, 1.0, 3.0, 4.0],
            [3.0, 0.0, 0.0, -1.0, 3.0, 0.0],
            [0.0, 5.0, 2.0, -1.0, 0.0, -4.0],
            [-3.0, 0.0, 0.0, 0.0, 3.0, 0.0],
            [-3.0, 5.0, -2.0, -1.0, 0.0, 4.0],
            *[[0.0] * 6] * 5,
        ]
    )
    b_1 = -torch.tensor([3.0, 10.0, 2.0, 0.0, 6.0, 4.0])
    W_2 = torch.zeros(6, 10)
    for unit, (article, size) in enumerate([(5, 3), (5, 5), (6, 2), (7, 1), (8, 3), (9, 4)]):
        W_2[unit, article] = 1 / size
    return W_1, b_1, W_2, torch.zeros(10)
