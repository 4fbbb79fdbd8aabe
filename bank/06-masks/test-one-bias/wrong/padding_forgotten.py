def one_bias(attn_mask, key_padding_mask, dtype):
    attn = attn_mask
    if attn.dtype == torch.bool:
        attn = torch.zeros(attn.shape).masked_fill(attn, -math.inf)
    return attn.to(dtype).repeat(len(key_padding_mask), 1, 1)
