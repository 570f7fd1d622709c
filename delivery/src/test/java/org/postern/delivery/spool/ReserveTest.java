// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReserveTest {
    private static final long SIZE = 100_000;

    @TempDir
    private Path temp;

    private int calls;

    private Path file() {
        return temp.resolve("reserve.bin");
    }

    private Reserve reserve(long floor) {
        return new Reserve(new RealDisk(), temp, SIZE, floor);
    }

    @Test
    void reserve_isTakenOnceThereIsRoom_withRealOctets() throws IOException {
        reserve(Long.MAX_VALUE / 4).take();
        assertThat(file()).doesNotExist();
        reserve(0).take();
        assertThat(file()).hasSize(SIZE);
        Object before = Files.getLastModifiedTime(file());
        reserve(0).take();
        assertThat(Files.getLastModifiedTime(file())).isEqualTo(before);
        Files.write(file(), new byte[10]);
        reserve(0).take();
        assertThat(file()).hasSize(SIZE);
    }

    @Test
    void write_thatFindsNoRoom_isRepeatedOnceTheReserveIsGivenUp() throws IOException {
        Reserve reserve = reserve(0);
        reserve.take();
        reserve.write(() -> {
            calls++;
            if (Files.exists(file())) {
                throw new IOException("No space left on device");
            }
        });
        assertThat(calls).isEqualTo(2);
        assertThat(file()).doesNotExist();
        assertThatThrownBy(() -> reserve.write(() -> {
                    calls++;
                    throw new IOException("No space left on device");
                }))
                .hasMessage("No space left on device");
        assertThat(calls).as("without a reserve nothing is repeated").isEqualTo(3);
    }

    @Test
    void failedSync_isNeverRepeated_andKeepsTheReserve() {
        Reserve reserve = reserve(0);
        reserve.take();
        assertThatThrownBy(() -> reserve.write(() -> {
                    calls++;
                    throw new SyncException(new IOException("EIO"));
                }))
                .isInstanceOf(SyncException.class);
        assertThat(calls).isEqualTo(1);
        assertThat(file()).exists();
    }
}
