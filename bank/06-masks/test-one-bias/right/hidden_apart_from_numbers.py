def one_bias(attn_mask, key_padding_mask, dtype):
    hidden = torch.zeros(key_padding_mask.size(0), *attn_mask.shape, dtype=torch.bool)
    bias = torch.zeros(hidden.shape, dtype=torch.float64)
    for mask in (attn_mask[None], key_padding_mask[:, None]):
        if mask.is_floating_point():
            bias = bias + mask
        else:
            hidden = hidden | mask
    return torch.where(hidden, -math.inf, bias).to(dtype)
