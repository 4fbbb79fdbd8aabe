def one_bias(attn_mask, key_padding_mask, dtype):
    def added(mask):
        if mask.dtype is torch.bool:
            return torch.zeros(mask.shape, dtype=dtype).masked_fill(mask, float("-inf"))
        return mask.to(dtype)

    return added(attn_mask).unsqueeze(0) + added(key_padding_mask).unsqueeze(1)
