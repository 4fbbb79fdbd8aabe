class DecoderAttention(nn.Module):
    def __init__(self, d_model, d_k, d_v):
        super().__init__()
        self.to_query = nn.Linear(d_model, d_k, bias=False)
        self.to_key = nn.Linear(d_model, d_k, bias=False)
        self.to_value = nn.Linear(d_model, d_v, bias=False)

    def forward(self, x, ids):
        rows = []
        for sentence, tokens in zip(x, ids):
            query, key, value = self.to_query(sentence), self.to_key(sentence), self.to_value(sentence)
            for i in range(len(tokens)):
                open_keys = [j for j in range(i + 1) if tokens[j] != 0]
                if open_keys:
                    weights = torch.softmax(key[open_keys] @ query[i] / math.sqrt(key.size(-1)), dim=0)
                    rows.append(weights @ value[open_keys])
                else:
                    rows.append(0 * value[i])
        return torch.stack(rows).view(*ids.shape, -1)
