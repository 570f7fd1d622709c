// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.postern.core.mail.Domain;

/// Fetches policy files over HTTPS: no redirects, a valid certificate, at most 64 KiB, all of it
/// within a minute. RFC
/// 8461 section 3.3.
final class StsFetcher implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int FILE_MAX = 64 * 1024;

    private final HttpClient client;
    private final Function<Domain, URI> address;

    /// @param address where the policy of a domain is
    StsFetcher(SSLContext tls, Function<Domain, URI> address) {
        this.client = HttpClient.newBuilder()
                .sslContext(tls)
                .connectTimeout(Duration.ofSeconds(20))
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
        this.address = address;
    }

    static URI wellKnown(Domain domain) {
        return URI.create("https://mta-sts." + domain.name() + "/.well-known/mta-sts.txt");
    }

    String fetch(Domain domain) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(address.apply(domain))
                .timeout(PATIENCE)
                .GET()
                .build();
        CompletableFuture<String> text = client.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream())
                .thenApplyAsync(
                        StsFetcher::read,
                        task -> Thread.ofVirtual().name("mta-sts").start(task));
        try {
            return text.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            boolean _ = text.cancel(true);
            throw new IOException("no policy within " + PATIENCE.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw new IOException(String.valueOf(e.getCause()), e);
        }
    }

    private static String read(HttpResponse<InputStream> response) {
        try (InputStream in = response.body()) {
            String type = response.headers().firstValue("content-type").orElse("");
            if (response.statusCode() != 200 || !type.startsWith("text/plain")) {
                throw new IOException("answered " + response.statusCode() + " with " + type);
            }
            byte[] octets = in.readNBytes(FILE_MAX + 1);
            if (octets.length > FILE_MAX) {
                throw new IOException("the file is larger than " + FILE_MAX + " octets");
            }
            return new String(octets, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
