// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory;

/// What a server keeps to check a login by SCRAM-SHA-256 without knowing the password. RFC 5802 section 3, RFC 7677.
public final class ScramCredential {
    private static final int KEY_OCTETS = 32;

    private final Account account;
    private final byte[] salt;
    private final int iterations;
    private final byte[] storedKey;
    private final byte[] serverKey;

    /// @param account who logs in
    /// @param salt as it was when the password was set
    /// @param iterations of PBKDF2, 4096 or more
    /// @param storedKey 32 octets
    /// @param serverKey 32 octets
    public ScramCredential(Account account, byte[] salt, int iterations, byte[] storedKey, byte[] serverKey) {
        if (salt.length < 1 || iterations < 4096 || storedKey.length != KEY_OCTETS || serverKey.length != KEY_OCTETS) {
            throw new IllegalArgumentException("not a SCRAM-SHA-256 credential");
        }
        this.account = account;
        this.salt = salt.clone();
        this.iterations = iterations;
        this.storedKey = storedKey.clone();
        this.serverKey = serverKey.clone();
    }

    /// Who logs in.
    public Account account() {
        return account;
    }

    /// As it was when the password was set; a copy.
    public byte[] salt() {
        return salt.clone();
    }

    /// Of PBKDF2, 4096 or more.
    public int iterations() {
        return iterations;
    }

    /// 32 octets, with which a client's proof is checked; a copy.
    public byte[] storedKey() {
        return storedKey.clone();
    }

    /// 32 octets, with which the server proves that it knows the account; a copy.
    public byte[] serverKey() {
        return serverKey.clone();
    }

    /// Names the account only.
    @Override
    public String toString() {
        return "ScramCredential[" + account.address() + "]";
    }
}
