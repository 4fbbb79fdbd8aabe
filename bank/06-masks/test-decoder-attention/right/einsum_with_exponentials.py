class DecoderAttention(nn.Module):
    def __init__(self, d_model, d_k, d_v):
        super().__init__()
        self.to_query = nn.Linear(d_model, d_k, bias=False)
        self.to_key = nn.Linear(d_model, d_k, bias=False)
        self.to_value = nn.Linear(d_model, d_v, bias=False)

    def forward(self, x, ids):
        scores = torch.einsum("bqd,bkd->bqk", self.to_query(x), self.to_key(x)) / self.to_query.out_features**0.5
        open_keys = (ids != 0)[:, None, :].expand(scores.shape).tril()
        top = scores.detach().masked_fill(~open_keys, torch.finfo(scores.dtype).min).amax(-1, keepdim=True)
        exponentials = torch.where(open_keys, (torch.where(open_keys, scores, top) - top).exp(), 0.0)
        total = exponentials.sum(-1, keepdim=True)
        weights = exponentials / torch.where(total > 0, total, torch.ones_like(total))
        return torch.einsum("bqk,bkv->bqv", weights, self.to_value(x))
