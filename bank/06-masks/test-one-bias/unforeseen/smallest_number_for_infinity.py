def one_bias(attn_mask, key_padding_mask, dtype):
    def added(mask):
        if mask.dtype == torch.bool:
            return torch.zeros(mask.shape, dtype=dtype).masked_fill(mask, torch.finfo(dtype).min)
        return mask.to(dtype)

    # the sum of two smallest numbers is infinity, or it stays as it is
    return (added(attn_mask) + added(key_padding_mask)[:, None]).clamp(min=torch.finfo(dtype).min)
