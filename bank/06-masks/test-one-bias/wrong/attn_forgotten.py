def one_bias(attn_mask, key_padding_mask, dtype):
    pad = key_padding_mask
    if pad.dtype == torch.bool:
        pad = torch.zeros(pad.shape).masked_fill(pad, -math.inf)
    return pad.to(dtype)[:, None].repeat(1, len(attn_mask), 1)
