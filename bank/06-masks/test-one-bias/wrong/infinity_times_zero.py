def one_bias(attn_mask, key_padding_mask, dtype):
    def added(mask):
        return mask.to(dtype) * -math.inf if mask.dtype == torch.bool else mask.to(dtype)

    return added(attn_mask) + added(key_padding_mask)[:, None]
