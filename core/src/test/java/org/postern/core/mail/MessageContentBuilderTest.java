// SPDX-License-Identifier: Apache-2.0
package org.postern.core.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.limits.ByteSize;

class MessageContentBuilderTest {
    private static final int MEMORY_MAX = 40_000;

    @TempDir
    Path temp;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, MEMORY_MAX - 1, MEMORY_MAX, MEMORY_MAX + 1, 300_000})
    void build_anySize_givesTheSameOctetsAndLeavesNoFile(int size) throws Exception {
        byte[] octets = new byte[size];
        new Random(size).nextBytes(octets);
        try (MessageContentBuilder builder = new MessageContentBuilder(new ByteSize(MEMORY_MAX), temp)) {
            for (int at = 0; at < size; at += 7_001) {
                int length = Math.min(7_001, size - at);
                if (at % 2 == 0) {
                    builder.write(octets, at, length);
                } else {
                    ByteBuffer direct = ByteBuffer.allocateDirect(length)
                            .put(octets, at, length)
                            .flip();
                    builder.write(direct);
                    assertThat(direct.hasRemaining()).isFalse();
                }
            }
            assertThat(builder.sha256())
                    .isEqualTo(MessageDigest.getInstance("SHA-256").digest(octets));
            try (MessageContent content = builder.build()) {
                assertThat(content.size()).isEqualTo(size);
                assertThat(content.newInputStream().readAllBytes()).isEqualTo(octets);
                ByteArrayOutputStream copy = new ByteArrayOutputStream();
                content.prepend(new byte[] {1, 2, 3}).writeTo(copy);
                assertThat(copy.size()).isEqualTo(size + 3);
                assertThat(temp).isEmptyDirectory();
            }
        }
    }

    @Test
    void newInputStream_manyThreadsOneInterrupted_othersStillReadEverything() throws Exception {
        byte[] octets = new byte[500_000];
        new Random(1).nextBytes(octets);
        try (MessageContentBuilder builder = new MessageContentBuilder(new ByteSize(10), temp)) {
            builder.write(octets, 0, octets.length);
            try (MessageContent content = builder.build();
                    var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                Future<byte[]> interrupted = threads.submit(() -> {
                    Thread.currentThread().interrupt();
                    return content.newInputStream().readAllBytes();
                });
                Future<byte[]> other = threads.submit(() -> byteWise(content));
                assertThat(interrupted.get()).isEqualTo(octets);
                assertThat(other.get()).isEqualTo(octets);
            }
        }
    }

    @Test
    void messageThatMayNotGrow_keepsItsFirstOctetsInMemory_andGoesToAFileThen() throws IOException {
        int[] asked = {0};
        byte[] octets = new byte[3 * MessageContentBuilder.FIRST_OCTETS];
        new Random(2).nextBytes(octets);
        Path gone = temp.resolve("gone");
        try (MessageContentBuilder builder =
                new MessageContentBuilder(ByteSize.ofKiB(256), gone, () -> asked[0]++ < 0)) {
            builder.write(octets, 0, MessageContentBuilder.FIRST_OCTETS);
            assertThat(asked[0]).isZero();
            assertThatThrownBy(() -> builder.write(octets, 0, 1)).isInstanceOf(IOException.class);
        }
        try (MessageContentBuilder builder =
                new MessageContentBuilder(ByteSize.ofKiB(256), temp, () -> asked[0]++ < 0)) {
            for (int i = 0; i < 3; i++) {
                builder.write(octets, i * MessageContentBuilder.FIRST_OCTETS, MessageContentBuilder.FIRST_OCTETS);
            }
            try (MessageContent content = builder.build()) {
                assertThat(content.newInputStream().readAllBytes()).isEqualTo(octets);
            }
        }
        assertThat(asked[0]).as("once for each").isEqualTo(2);
    }

    @Test
    void close_withoutBuild_leavesNothing() throws IOException {
        try (MessageContentBuilder builder = new MessageContentBuilder(new ByteSize(0), temp)) {
            builder.write(new byte[10], 0, 10);
        }
        assertThat(temp).isEmptyDirectory();
    }

    @Test
    void write_tempFolderGone_failsWithIoException() throws IOException {
        Path gone = temp.resolve("gone");
        try (MessageContentBuilder builder = new MessageContentBuilder(new ByteSize(5), gone)) {
            builder.write(new byte[5], 0, 5);
            assertThatThrownBy(() -> builder.write(new byte[1], 0, 1)).isInstanceOf(IOException.class);
        }
        assertThat(Files.exists(gone)).isFalse();
    }

    private static byte[] byteWise(MessageContent content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (InputStream in = content.newInputStream()) {
            for (int octet = in.read(); octet >= 0; octet = in.read()) {
                out.write(octet);
            }
        }
        return out.toByteArray();
    }
}
