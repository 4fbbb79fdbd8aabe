def next_token(hidden, table, temperature, banned):
    left = [i for i in range(len(table)) if i not in banned]
    result = hidden.new_zeros(hidden.size(0), table.size(0))
    result[:, left] = F.softmax(torch.einsum("bd,vd->bv", hidden, table[left]) / temperature, dim=1)
    return result
