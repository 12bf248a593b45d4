/* SPDX-License-Identifier: MIT */
/* SHA-256 in steps, by OpenSSL's EVP, which uses the processor's own. */
#include "model/evidence/evidence.h"

#include "base/alloc.h"

#include <openssl/evp.h>

struct sha256 {
	EVP_MD_CTX *ctx;
};

struct sha256 *sha256_new(void)
{
	struct sha256 *s = mem_alloc(sizeof *s);

	s->ctx = EVP_MD_CTX_new();
	if (!s->ctx || !EVP_DigestInit_ex(s->ctx, EVP_sha256(), NULL))
		BUG("libcrypto has no SHA-256");
	return s;
}

void sha256_add(struct sha256 *s, const void *ptr, size_t len)
{
	if (len && !EVP_DigestUpdate(s->ctx, ptr, len))
		BUG("SHA-256 refuses bytes");
}

void sha256_sum(const struct sha256 *s, uint8_t out[SHA256_BYTES])
{
	/* finishing ends a context, so a copy of it is finished */
	EVP_MD_CTX *copy = EVP_MD_CTX_new();

	if (!copy || !EVP_MD_CTX_copy_ex(copy, s->ctx) ||
	    !EVP_DigestFinal_ex(copy, out, NULL))
		BUG("SHA-256 cannot be finished");
	EVP_MD_CTX_free(copy);
}

void sha256_free(struct sha256 *s)
{
	if (!s)
		return;
	EVP_MD_CTX_free(s->ctx);
	free(s);
}

void sha256_print(const uint8_t sha[SHA256_BYTES], struct strbuf *out)
{
	static const char digits[] = "0123456789abcdef";

	for (int i = 0; i < SHA256_BYTES; i++) {
		strbuf_add_char(out, digits[sha[i] >> 4]);
		strbuf_add_char(out, digits[sha[i] & 15]);
	}
}
