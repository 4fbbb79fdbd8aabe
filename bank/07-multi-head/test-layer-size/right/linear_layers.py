def layer_size(d_model, heads, groups, d_k, d_v, bias):
    layers = nn.ModuleList(
        [
            nn.Linear(d_model, heads * d_k, bias),
            nn.Linear(d_model, groups * d_k, bias),
            nn.Linear(d_model, groups * d_v, bias),
            nn.Linear(heads * d_v, d_model, bias),
        ]
    )
    cached = torch.zeros(groups, d_k).numel() + torch.zeros(groups, d_v).numel()
    return sum(p.numel() for p in layers.parameters()), cached
