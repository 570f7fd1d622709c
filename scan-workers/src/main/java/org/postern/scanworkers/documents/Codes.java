// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.documents;

import com.google.zxing.BarcodeFormat;
import com.google.zxing.BinaryBitmap;
import com.google.zxing.DecodeHintType;
import com.google.zxing.LuminanceSource;
import com.google.zxing.MultiFormatReader;
import com.google.zxing.NotFoundException;
import com.google.zxing.PlanarYUVLuminanceSource;
import com.google.zxing.ReaderException;
import com.google.zxing.Result;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.multi.qrcode.QRCodeMultiReader;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What the codes in a picture say.
final class Codes {
    private static final Map<DecodeHintType, Object> HINTS = Map.of(
            DecodeHintType.TRY_HARDER,
            true,
            DecodeHintType.POSSIBLE_FORMATS,
            List.of(BarcodeFormat.QR_CODE, BarcodeFormat.DATA_MATRIX, BarcodeFormat.AZTEC));

    private Codes() {}

    static Set<String> in(Picture picture) {
        if (picture.width() < 20 || picture.height() < 20) {
            return Set.of();
        }
        LuminanceSource source = new PlanarYUVLuminanceSource(
                picture.pixels(), picture.width(), picture.height(), 0, 0, picture.width(), picture.height(), false);
        Set<String> codes = new LinkedHashSet<>();
        for (LuminanceSource each : List.of(source, source.invert())) {
            try {
                for (Result result :
                        new QRCodeMultiReader().decodeMultiple(new BinaryBitmap(new HybridBinarizer(each)), HINTS)) {
                    codes.add(result.getText());
                }
            } catch (NotFoundException e) {
                one(each, codes);
            } catch (RuntimeException e) {
                continue; // a pattern the library trips over is no code
            }
            if (!codes.isEmpty()) {
                break;
            }
        }
        return codes;
    }

    private static void one(LuminanceSource source, Set<String> codes) {
        try {
            codes.add(new MultiFormatReader()
                    .decode(new BinaryBitmap(new HybridBinarizer(source)), HINTS)
                    .getText());
        } catch (ReaderException e) {
            return;
        }
    }
}
