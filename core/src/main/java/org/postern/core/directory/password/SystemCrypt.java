// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.password;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The system's own crypt(3) of libxcrypt, for the forms no Java library has.
final class SystemCrypt {
    private static final Logger LOG = LoggerFactory.getLogger(SystemCrypt.class);

    /// `struct crypt_data` of libxcrypt.
    private static final int DATA_OCTETS = 32_768;

    private static final int OUTPUT_OCTETS_MAX = 384;

    private static final Optional<MethodHandle> CRYPT_RN = find();

    private SystemCrypt() {}

    @SuppressWarnings("restricted")
    private static Optional<MethodHandle> find() {
        try {
            return SymbolLookup.libraryLookup("libcrypt.so.1", Arena.global())
                    .find("crypt_rn")
                    .map(symbol -> Linker.nativeLinker()
                            .downcallHandle(
                                    symbol,
                                    FunctionDescriptor.of(
                                            ValueLayout.ADDRESS,
                                            ValueLayout.ADDRESS,
                                            ValueLayout.ADDRESS,
                                            ValueLayout.ADDRESS,
                                            ValueLayout.JAVA_INT)));
        } catch (IllegalArgumentException | IllegalCallerException | UnsupportedOperationException e) {
            LOG.info("libcrypt.so.1 cannot be used; yescrypt passwords cannot be checked here: {}", e.toString());
            return Optional.empty();
        }
    }

    static boolean available() {
        return CRYPT_RN.isPresent();
    }

    /// The hash, with the setting's method and salt; empty where the system has no such method.
    @SuppressWarnings("restricted")
    static Optional<String> crypt(String password, String setting) {
        if (CRYPT_RN.isEmpty()) {
            return Optional.empty();
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocate(DATA_OCTETS);
            MemorySegment secret = arena.allocateFrom(password);
            MemorySegment result =
                    (MemorySegment) CRYPT_RN.get().invokeExact(secret, arena.allocateFrom(setting), data, DATA_OCTETS);
            secret.fill((byte) 0);
            if (result.address() == 0) {
                return Optional.empty();
            }
            String hash = result.reinterpret(OUTPUT_OCTETS_MAX).getString(0);
            data.fill((byte) 0);
            return hash.startsWith("*") ? Optional.empty() : Optional.of(hash);
        } catch (Throwable e) {
            throw new IllegalStateException("crypt_rn", e);
        }
    }
}
