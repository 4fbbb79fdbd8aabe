def one_bias(attn_mask, key_padding_mask, dtype):
    def hidden(mask):
        return mask if mask.dtype == torch.bool else mask == -math.inf

    both = hidden(attn_mask) | hidden(key_padding_mask)[:, None]
    return torch.zeros(both.shape, dtype=dtype).masked_fill(both, -math.inf)
