// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

import java.io.IOException;
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

/// Fetches policy files over HTTPS: no redirects, a valid certificate, at most 64 KiB, all of it within a
/// minute. RFC 8461 section 3.3.
final class StsFetcher implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int FILE_MAX = 64 * 1024;

    private final HttpClient client;
    private final Function<Domain, URI> address;
    private final Duration patience;

    /// @param address where the policy of a domain is
    /// @param patience for all of one file
    StsFetcher(SSLContext tls, Function<Domain, URI> address, Duration patience) {
        this.patience = patience;
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
                .timeout(patience)
                .GET()
                .build();
        // The answer is complete with its last octet, so that the wait below bounds all of it.
        CompletableFuture<HttpResponse<String>> pending = client.sendAsync(
                request,
                HttpResponse.BodyHandlers.limiting(
                        HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8), FILE_MAX));
        boolean ended = false;
        try {
            HttpResponse<String> response = pending.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            ended = true;
            return text(response);
        } catch (TimeoutException e) {
            throw new IOException("no policy within " + patience.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw new IOException(String.valueOf(e.getCause()), e);
        } finally {
            if (!ended) {
                boolean _ = pending.cancel(true);
            }
        }
    }

    private static String text(HttpResponse<String> response) throws IOException {
        String type = response.headers().firstValue("content-type").orElse("");
        if (response.statusCode() != 200 || !type.startsWith("text/plain")) {
            throw new IOException("answered " + response.statusCode() + " with " + type);
        }
        return response.body();
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
