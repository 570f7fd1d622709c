// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks `statvfs` how many files may still be made, which Java does not tell. POSIX.1-2017 `sys/statvfs.h`; the layout
/// is that of 64-bit Linux, with glibc and musl alike.
final class FileSystemSpace {
    private static final Logger LOG = LoggerFactory.getLogger(FileSystemSpace.class);
    private static final long STRUCT_LENGTH = 256;
    private static final long FILES_ALL = 40;
    private static final long FILES_FREE_FOR_US = 56;

    private static final @Nullable MethodHandle STATVFS = find();

    private FileSystemSpace() {}

    @SuppressWarnings("restricted") // the program is started with --enable-native-access
    private static @Nullable MethodHandle find() {
        if (!System.getProperty("os.name").equals("Linux") || ValueLayout.ADDRESS.byteSize() != 8) {
            return null;
        }
        try {
            Linker linker = Linker.nativeLinker();
            Optional<MemorySegment> symbol = linker.defaultLookup().find("statvfs");
            return symbol.map(address -> linker.downcallHandle(
                            address,
                            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS)))
                    .orElse(null);
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("free inodes cannot be told on this machine", e);
            return null;
        }
    }

    /// Files that may still be made below a folder; empty where there is no bound or nobody can tell.
    static OptionalLong freeFiles(Path folder) throws IOException {
        MethodHandle statvfs = STATVFS;
        if (statvfs == null) {
            return OptionalLong.empty();
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment answer = arena.allocate(STRUCT_LENGTH, 8);
            int result = (int) statvfs.invokeExact(
                    arena.allocateFrom(folder.toAbsolutePath().toString()), answer);
            if (result != 0) {
                throw new IOException("statvfs of " + folder + " failed");
            }
            // Btrfs and others make inodes as they need them, and say 0 of 0.
            return answer.get(ValueLayout.JAVA_LONG, FILES_ALL) == 0
                    ? OptionalLong.empty()
                    : OptionalLong.of(answer.get(ValueLayout.JAVA_LONG, FILES_FREE_FOR_US));
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IOException("statvfs of " + folder + " failed", e);
        }
    }
}
