"""What a release needs beside the code: one version everywhere, and the licences of what is compiled in."""
