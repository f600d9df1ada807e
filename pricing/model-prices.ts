/** Price of a model on Amazon Bedrock, US dollars for a million tokens. */
export interface ModelTokenPrice {
  readonly usdPerMillionInputTokens: number;
  readonly usdPerMillionOutputTokens: number;
}

/**
 * What a model counts whose price nobody stated: the dearest generation of text models on Amazon Bedrock (Claude
 * Opus 4 and 4.1, $15 and $75), with the tenth that regional endpoints cost more. Too much for every other model,
 * since a meter that guesses too little stops too late; `guard.modelPrices` states what is really paid.
 * Source: guides to Bedrock prices by DeployBase and clauder-navi, read on 2026-11-21, for us-east-1.
 */
export const UNLISTED_MODEL: ModelTokenPrice = {
  usdPerMillionInputTokens: 16.5,
  usdPerMillionOutputTokens: 82.5,
};

/**
 * Shares of the input price that tokens of a prompt cache cost: reading one, and writing one for an hour, the
 * dearer of the two lives a cache may have. Source: the same guides.
 */
export const CACHE_READ_SHARE = 0.1;
export const CACHE_WRITE_SHARE = 2;
