"""Router: role, language, filter bar, navigation, run the page.

The server imports this file once; then Streamlit runs it as a script, for every reader and rerun.
"""

import streamlit as st

from ecosphere.ui import navigation, server

if __name__ == "__main__":
    st.set_page_config(
        page_title="Ecosphere",
        page_icon="assets/icon.png",  # a file of ours: an icon by name would come from outside
        layout="wide",
        initial_sidebar_state=260,
    )
    navigation.run()
else:
    server.forget_pages_folder()
    app = st.App(__file__, middleware=server.MIDDLEWARE)
