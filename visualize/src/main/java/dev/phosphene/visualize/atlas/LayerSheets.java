package dev.phosphene.visualize.atlas;

import dev.phosphene.image.ContactSheet;
import dev.phosphene.image.Image;
import dev.phosphene.image.JpegFile;
import dev.phosphene.visualize.atlas.AtlasIndex.FilterEntry;
import dev.phosphene.visualize.atlas.AtlasIndex.LayerEntry;
import java.util.ArrayList;
import java.util.List;

/** Contact sheets with all pictures of a layer. */
final class LayerSheets {
  /** Side of a picture on a sheet, enough to see what it is of. */
  private static final int SIDE = 112;

  /** Most pictures on a sheet: a file of a few megabytes. */
  private static final int MOST = 256;

  private LayerSheets() {}

  /** Writes the sheets of a layer, and gives their files. */
  static List<String> write(LayerEntry layer, AtlasFiles files) {
    List<String> sheets = new ArrayList<>();
    List<FilterEntry> pictures = layer.pictures();
    for (int first = 0; first < pictures.size(); first += MOST) {
      List<FilterEntry> some = pictures.subList(first, Math.min(first + MOST, pictures.size()));
      Image sheet =
          ContactSheet.of(
                  some.stream()
                      .map(each -> shrunk(Image.read(files.path(each.file())), SIDE))
                      .toList(),
                  some.stream().map(FilterEntry::label).toList())
              .withTitle(layer.name())
              .render();
      String file = AtlasFiles.sheet(layer.folder(), sheets.size());
      files.write(file, JpegFile.encode(sheet));
      sheets.add(file);
    }
    return sheets;
  }

  /** A picture whose longer side is this or shorter. */
  static Image shrunk(Image picture, int side) {
    double scale = (double) side / Math.max(picture.width(), picture.height());
    return scale >= 1
        ? picture
        : picture.resized(
            Math.max(1, (int) Math.round(picture.width() * scale)),
            Math.max(1, (int) Math.round(picture.height() * scale)));
  }
}
