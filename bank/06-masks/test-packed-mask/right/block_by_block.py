def one_row(row):
    blocks, start = torch.zeros(len(row), len(row), dtype=torch.bool), 0
    while start < len(row):
        end = start
        while end < len(row) and row[end] == row[start]:
            end += 1
        if row[start] != 0:
            blocks[start:end, start:end] = torch.ones(end - start, end - start).tril().bool()
        start = end
    return blocks


def packed_mask(segments):
    return torch.stack([one_row(row.tolist()) for row in segments])
